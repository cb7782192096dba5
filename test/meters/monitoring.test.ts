import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually } from '../kit/eventually.ts'
import { MetersProcess } from '../kit/meters/meters-process.ts'
import { publication, sayToNats } from '../kit/meters/nats-client.ts'
import type { RunningServer } from '../kit/meters/server-program.ts'
import { type NatsServer, startNats, startPrometheus } from '../kit/meters/servers.ts'

let meters: MetersProcess
beforeAll(() => {
  meters = new MetersProcess()
})
afterAll(async () => await meters?.[Symbol.asyncDispose]())

describe('nats-jetstream', () => {
  let nats: NatsServer
  const at = (more: Record<string, string> = {}): Record<string, string> => ({
    natsServerMonitoringEndpoint: `127.0.0.1:${nats.monitoringPort}`,
    account: '$G',
    stream: 'ORDERS',
    consumer: 'mailers',
    ...more,
  })
  beforeAll(async () => {
    nats = await startNats()
    await sayToNats(
      nats.port,
      publication('$JS.API.STREAM.CREATE.ORDERS', { name: 'ORDERS', subjects: ['orders'] }),
      publication('$JS.API.CONSUMER.DURABLE.CREATE.ORDERS.mailers', {
        stream_name: 'ORDERS',
        config: { durable_name: 'mailers', ack_policy: 'explicit' },
      }),
    )
  })
  afterAll(async () => await nats?.[Symbol.asyncDispose]())

  test('counts what is pending and what is not acknowledged', async () => {
    const id = meters.announce('nats-jetstream', at())
    await eventually(async () => (await meters.readOne(id)).value === 0 || undefined)
    await sayToNats(nats.port, publication('orders', 'a'), publication('orders', 'b'), publication('orders', 'c'))
    await eventually(async () => (await meters.readOne(id)).value === 3 || undefined)
    // One is given to a consumer that never acknowledges it.
    const next = 'PUB $JS.API.CONSUMER.MSG.NEXT.ORDERS.mailers inbox 1\r\n1'
    await sayToNats(nats.port, 'SUB inbox 1', next)
    expect(await meters.readOne(id)).toEqual({ value: 3 })
  })

  test.each([
    [{ consumer: 'others' }, /the consumer others was not found in the stream ORDERS\. Create it/],
    [{ stream: 'NONE' }, /the stream NONE was not found/],
    [{ account: '' }, /account or accountID is missing/],
  ])('says what is missing: %j', async (settings: Record<string, string>, expected) => {
    expect((await meters.readOne(meters.announce('nats-jetstream', at(settings)))).error).toMatch(expected)
  })
})

describe('prometheus', () => {
  let server: RunningServer
  const read = async (query: string, more: Record<string, string> = {}) =>
    await meters.readOne(
      meters.announce('prometheus', { serverAddress: `http://127.0.0.1:${server.port}`, query, ...more }, 'shop/prometheus'),
    )
  beforeAll(async () => {
    server = await startPrometheus()
  })
  afterAll(async () => await server?.[Symbol.asyncDispose]())

  test.each([
    ['vector(7.25)', 7.25],
    ['sum(no_such_metric)', 0],
    ['vector(0) / 0', 0],
    ['vector(1) / 0', 0],
  ])('reads %s', async (query, value) => {
    expect(await read(query)).toEqual({ value })
  })

  test.each([
    ['sum(no_such_metric)', /returned nothing; its target may be gone/],
    ['vector(0) / 0', /returned NaN/],
  ])('does not take %s for 0 when it is told so', async (query, expected) => {
    expect((await read(query, { ignoreNullValues: 'false' })).error).toMatch(expected)
  })

  test.each([
    ['label_replace(vector(1), "a", "b", "", "") or vector(2)', /returned 2 elements/],
    ['sum(', /answered 400/],
    ['1', /returns a scalar instead of a vector\. Wrap the query in vector\(\)/],
  ])('says why %s is no value', async (query, expected) => {
    expect((await read(query)).error).toMatch(expected)
  })
})

describe('metrics-api', () => {
  let server: Server
  const heard: { readonly url: string | undefined; readonly authorization: string | undefined; readonly key: unknown }[] = []
  const bodies: Record<string, string> = {
    '/json': '{"queues":[{"name":"mail","depth":3},{"name":"sms","depth":"500m"}]}',
    '/yaml': 'queues:\n  - depth: 4\n',
    '/xml': '<?xml version="1.0"?><queues><mail><depth>5</depth></mail></queues>',
    '/metrics': '# TYPE depth gauge\ndepth{queue="sms"} 1\ndepth{queue="mail"} 6\n',
  }
  const at = (path: string, more: Record<string, string>): Record<string, string> => ({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    targetValue: '1',
    ...more,
  })
  beforeAll(async () => {
    server = createServer((request, response) => {
      heard.push({ url: request.url, authorization: request.headers.authorization, key: request.headers['x-api-key'] })
      const body = bodies[request.url?.split('?')[0] ?? '']
      response.writeHead(body === undefined ? 404 : 200).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test.each([
    ['/json', { valueLocation: 'queues.0.depth' }, 3],
    ['/json', { valueLocation: 'queues.1.depth' }, 0.5],
    ['/json', { valueLocation: 'queues.#' }, 2],
    ['/yaml', { valueLocation: 'queues.0.depth', format: 'yaml' }, 4],
    ['/xml', { valueLocation: 'queues.mail.depth', format: 'xml' }, 5],
    ['/metrics', { valueLocation: 'depth{queue="mail"}', format: 'prometheus' }, 6],
    ['/json', { valueLocation: 'queues.0.depth', aggregateFromKubeServiceEndpoints: 'true', aggregationType: 'sum' }, 3],
  ])('reads %s at %j', async (path, settings: Record<string, string>, value) => {
    expect(await meters.readOne(meters.announce('metrics-api', at(path, settings)))).toEqual({ value })
  })

  test('shows who asks', async () => {
    const shown = async (auth: Record<string, string>) => {
      await meters.readOne(meters.announce('metrics-api', at('/json', { valueLocation: 'queues.#', ...auth }), 'shop/auth'))
      return heard.at(-1)
    }
    expect((await shown({ authMode: 'basic', username: 'me', password: 'x:y' }))?.authorization).toBe('Basic bWU6eDp5')
    expect((await shown({ authModes: 'bearer', token: 'abc' }))?.authorization).toBe('Bearer abc')
    expect((await shown({ authModes: 'apiKey', apiKey: 'k' }))?.key).toBe('k')
    expect((await shown({ authModes: 'apiKey', apiKey: 'k', method: 'query' }))?.url).toBe('/json?api_key=k')
  })

  test('says what is not there', async () => {
    const missing = await meters.readOne(meters.announce('metrics-api', at('/none', { valueLocation: 'a' })))
    expect(missing.error).toMatch(/\/none answered 404\. Correct the address/)
    const place = await meters.readOne(meters.announce('metrics-api', at('/json', { valueLocation: 'queues.7' })))
    expect(place.error).toMatch(/Let valueLocation point to a number/)
  })
})
