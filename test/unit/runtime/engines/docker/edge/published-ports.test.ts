import { describe, expect, test } from '@jest/globals'
import {
  assignPorts,
  covers,
  inwardTable,
  outwardPorts,
  parsePublications,
  publishProblems,
  refusedPort,
  surplusPorts,
  type WantedPort,
  wantedPorts,
} from '../../../../../../runtime/engines/docker/edge/published-ports.ts'
import { backendId, type EdgeListener, type EdgeTable } from '../../../../../../src/model/edge.ts'
import type { ComponentKey } from '../../../../../../src/model/names.ts'

const backend = backendId('db' as ComponentKey, 5432)
const web: EdgeListener = { id: 'web', host: '127.0.0.1', port: 8080, taken: 'next', serve: { by: 'routes' } }
const database: EdgeListener = { id: 'publish/5432', host: '127.0.0.1', port: 5432, taken: 'fail', serve: { by: 'backend', backend } }
const service: EdgeListener = {
  id: 'service/db.default:8080',
  host: '10.9.8.1',
  port: 8080,
  taken: 'fail',
  serve: { by: 'backend', backend },
}
const inner: EdgeListener = { id: 'service/old.default:1', host: '127.0.0.1', port: 0, taken: 'any', serve: { by: 'backend', backend } }

function table(...listeners: readonly EdgeListener[]): EdgeTable {
  return { version: 1, environment: 'shop', listeners, routes: [], backends: [], probes: [], names: [] }
}

const webWish: WantedPort = { id: 'web', port: 8080, taken: 'next' }
const fixed = (port: number): WantedPort => ({ id: `publish/${port}`, port, taken: 'fail' })
const nothing = new Map<number, string>()

test('the same number may be published for connections and for datagrams', () => {
  const datagrams: EdgeListener = { ...database, id: 'publish/5432/udp', transport: 'udp' }
  const wanted = wantedPorts(table(database, datagrams))
  expect(wanted).toEqual([fixed(5432), { id: 'publish/5432/udp', port: 5432, taken: 'fail', transport: 'udp' }])
  const published = assignPorts(wanted, nothing)
  expect(published).toEqual([
    { id: 'publish/5432', wish: 5432, inside: 5432, host: 5432 },
    { id: 'publish/5432/udp', wish: 5432, inside: 5433, host: 5432, transport: 'udp' },
  ])
  expect(inwardTable(table(datagrams), published, '10.9.0.2').listeners).toEqual([{ ...datagrams, host: '10.9.0.2', port: 5433 }])
})

test('only listeners of the loopback address with a port of their own are wanted on the host', () => {
  expect(wantedPorts(table(web, service, inner, database))).toEqual([webWish, fixed(5432)])
})

describe('assigning', () => {
  test('takes the wanted ports, inside and outside, when they are free', () => {
    expect(assignPorts([webWish, fixed(5432)], nothing)).toEqual([
      { id: 'publish/5432', wish: 5432, inside: 5432, host: 5432 },
      { id: 'web', wish: 8080, inside: 8080, host: 8080 },
    ])
  })

  test('counts up where that is allowed, past ports that others have and past our own fixed ones', () => {
    const busy = new Map([[8081, 'port 8081 is taken']])
    expect(assignPorts([webWish, fixed(8080)], busy)).toEqual([
      { id: 'publish/8080', wish: 8080, inside: 8080, host: 8080 },
      { id: 'web', wish: 8080, inside: 8081, host: 8082 },
    ])
  })

  test('says why a fixed port cannot be had, and why none of a hundred can', () => {
    const busy = new Map(Array.from({ length: 100 }, (_, index) => [8080 + index, `port ${8080 + index} is taken`] as const))
    expect(assignPorts([webWish], busy)).toEqual([{ id: 'web', wish: 8080, inside: 8080, problem: 'port 8080 is taken' }])
    expect(assignPorts([fixed(5432)], new Map([[5432, 'no']]))).toEqual([{ id: 'publish/5432', wish: 5432, inside: 5432, problem: 'no' }])
    expect(assignPorts([{ id: 'web', port: 65_535, taken: 'next' }], new Map([[65_535, 'full']]))[0]?.problem).toBe('full')
  })

  test('leaves the port of the edge`s resolver alone inside', () => {
    expect(assignPorts([fixed(53)], nothing)).toEqual([{ id: 'publish/53', wish: 53, inside: 54, host: 53 }])
  })

  test('gives one host port to one listener only', () => {
    const again = { ...fixed(5432), id: 'other' }
    expect(assignPorts([fixed(5432), again], nothing)[1]).toEqual({
      id: 'other',
      wish: 5432,
      inside: 5433,
      problem: 'port 5432 on 127.0.0.1 is taken by publish/5432',
    })
  })
})

describe('a container`s ports', () => {
  const published = assignPorts(
    [webWish, fixed(5432), fixed(9000)],
    new Map([
      [8080, 'taken'],
      [9000, 'port 9000 is taken'],
    ]),
  )

  test('suffice for what they were made for, for what became of it, and for less', () => {
    expect(covers(published, [webWish, fixed(5432)])).toBe(true)
    expect(covers(published, [{ ...webWish, port: 8081 }])).toBe(true)
    expect(covers(published, [])).toBe(true)
    expect(covers(published, [fixed(9000)])).toBe(true)
  })

  test('do not suffice for another port', () => {
    expect(covers(published, [{ ...webWish, port: 8090 }])).toBe(false)
    expect(covers(published, [fixed(5433)])).toBe(false)
    expect(covers([], [webWish])).toBe(false)
  })

  test('that nobody needs are surplus, unless they could not be had anyway', () => {
    expect(surplusPorts(published, [webWish])).toEqual([5432])
    expect(surplusPorts(published, [webWish, fixed(5432), fixed(9000)])).toEqual([])
  })

  test('survive a label, and anything else is nothing', () => {
    expect(parsePublications(JSON.stringify(published))).toEqual(published)
    for (const label of [undefined, '', '{', '{}', '[1, null, {"id":"web"}]']) expect(parsePublications(label)).toEqual([])
  })
})

describe('translation', () => {
  const published = assignPorts(
    [webWish, fixed(5432), fixed(9000)],
    new Map([
      [8080, 'taken'],
      [9000, 'port 9000 is taken'],
    ]),
  )

  test('puts published listeners at the edge`s address and leaves the others as they are', () => {
    const other: EdgeListener = { ...database, id: 'publish/9000', port: 9000 }
    expect(inwardTable(table(web, service, inner, database, other), published, '10.9.15.254').listeners).toEqual([
      { ...web, host: '10.9.15.254', port: 8080, taken: 'fail' },
      service,
      inner,
      { ...database, host: '10.9.15.254' },
    ])
  })

  test('publishes the listener for TLS as it does the one without', () => {
    const secure: EdgeListener = { ...web, id: 'web-tls', port: 8443, tls: { certificates: [{ hosts: ['localhost'] }] } }
    const wanted = wantedPorts(table(web, secure))
    expect(wanted).toEqual([webWish, { id: 'web-tls', port: 8443, taken: 'next' }])
    const placed = assignPorts(wanted, new Map([[8443, 'taken']]))
    expect(inwardTable(table(secure), placed, '10.9.15.254').listeners).toEqual([{ ...secure, host: '10.9.15.254', taken: 'fail' }])
    expect(outwardPorts({ 'web-tls': 8443 }, placed)).toEqual({ 'web-tls': 8444 })
  })

  test('tells ports of the host, and not those that could not be had', () => {
    const bound = { web: 8080, 'publish/5432': 5432, 'publish/9000': 9000, [service.id]: 8080 }
    expect(outwardPorts(bound, published)).toEqual({ web: 8081, 'publish/5432': 5432, [service.id]: 8080 })
  })

  test('adds the problems of ports that are still wanted', () => {
    expect(publishProblems(published, [webWish, fixed(9000)])).toEqual([{ listener: 'publish/9000', message: 'port 9000 is taken' }])
    expect(publishProblems(published, [webWish])).toEqual([])
  })
})

describe('the engine`s refusals', () => {
  const taken = (port: number) => ({ port, why: `port ${port} on 127.0.0.1 is taken by another program` })
  const forbidden = (port: number) => ({ port, why: `port ${port} on 127.0.0.1 may not be used without more rights` })
  const endpoint = 'driver failed programming external connectivity on endpoint minipaas-shop-edge (82e58dafcc1e)'

  test.each([
    [`${endpoint}: Bind for 127.0.0.1:8080 failed: port is already allocated`, taken(8080)],
    [`${endpoint}: Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use`, taken(8080)],
    [`${endpoint}: failed to bind host port 127.0.0.1:8080/tcp: address already in use`, taken(8080)],
    [
      `failed to set up container networking: ${endpoint}: failed to bind host port for 127.0.0.1:8080:172.18.0.2:80/tcp: address already in use`,
      taken(8080),
    ],
    [
      'Ports are not available: exposing port TCP 127.0.0.1:8080 -> 127.0.0.1:0: listen tcp 127.0.0.1:8080: bind: address already in use',
      taken(8080),
    ],
    ['cannot listen on the TCP port: listen tcp4 127.0.0.1:8080: bind: address already in use', taken(8080)],
    ['rootlessport listen tcp 127.0.0.1:8080: bind: address already in use', taken(8080)],
    [
      'Ports are not available: listen tcp 127.0.0.1:80: bind: An attempt was made to access a socket in a way forbidden by its access permissions.',
      forbidden(80),
    ],
    ['rootlessport cannot expose privileged port 80, you can add net.ipv4.ip_unprivileged_port_start=80', forbidden(80)],
    [`${endpoint}: Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: permission denied`, forbidden(80)],
    ['port is already allocated', taken(4444)],
  ])('%s', (words, expected) => {
    expect(refusedPort(words, 4444)).toEqual(expected)
  })

  test.each([
    ['Address already in use'],
    ['IPAM error: requested ip address 10.9.15.254 is already allocated to container ID 0123'],
    ['No such image: minipaas/house:1'],
    ['OCI runtime create failed: permission denied: unknown'],
  ])('is not about a port: %s', (words) => {
    expect(refusedPort(words)).toBeUndefined()
  })

  test('a port that is not named is not guessed when there are several', () => {
    expect(refusedPort('port is already allocated')).toBeUndefined()
  })
})
