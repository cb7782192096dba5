import { describe, expect, test } from '@jest/globals'
import { RequestReporter } from '../../../../runtime/edge/request-reporter.ts'
import { type EndedRequest, RequestRing } from '../../../../runtime/edge/request-ring.ts'
import { instant } from '../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import { backendId, type EdgeMessage } from '../../../../src/model/edge.ts'
import type { ComponentKey, ReplicaId } from '../../../../src/model/names.ts'

const component = 'web' as ComponentKey

function ended(target: string, changes: Partial<EndedRequest> = {}): EndedRequest {
  return {
    at: instant(1000),
    backend: { id: backendId(component, 8000), component, app: 'shop' },
    replica: 'web--1.2' as ReplicaId,
    client: '127.0.0.1',
    protocol: 'http/1.1',
    line: { method: 'GET', host: 'web', target },
    status: 200,
    waitedMs: 0.4,
    tookMs: 12.6,
    bytesIn: 1,
    bytesOut: 2,
    reason: undefined,
    ...changes,
  }
}

describe('the ring', () => {
  test('tells of a request without its query, and leaves out what there is not', () => {
    const ring = new RequestRing('run')
    ring.add(ended('/search?q=secret#x'))
    ring.add(ended('*', { backend: undefined, replica: undefined, line: undefined, status: undefined, reason: 'no' }))
    expect(ring.records(0, 2)).toEqual([
      {
        id: 'run.1',
        at: 1000,
        app: 'shop',
        component: 'web',
        port: 8000,
        replica: 'web--1.2',
        client: '127.0.0.1',
        protocol: 'http/1.1',
        method: 'GET',
        host: 'web',
        path: '/search',
        status: 200,
        waitedMs: 0,
        tookMs: 13,
        bytesIn: 1,
        bytesOut: 2,
      },
      { id: 'run.2', at: 1000, client: '127.0.0.1', protocol: 'http/1.1', waitedMs: 0, tookMs: 13, bytesIn: 1, bytesOut: 2, reason: 'no' },
    ])
  })

  test('forgets the oldest', () => {
    const ring = new RequestRing('run', 3)
    for (let number = 1; number <= 5; number++) ring.add(ended(`/${number}`))
    expect(ring.records(0, 5).map(({ id, path }) => `${id} ${path}`)).toEqual(['run.3 /3', 'run.4 /4', 'run.5 /5'])
    expect([ring.added, ring.forgotten]).toEqual([5, 2])
  })

  test('keeps little of a long head, and nothing of it when its place is taken', () => {
    const ring = new RequestRing('run', 1)
    const ids = { traceId: 't'.repeat(32), requestId: 'r'.repeat(3000) }
    ring.add(ended('', { line: { method: 'GET', host: 'web', target: `/${'x'.repeat(8000)}?y`, ...ids } }))
    const [long] = ring.records(0, 1)
    expect(long).toMatchObject({ host: 'web', path: `/${'x'.repeat(1023)}`, traceId: ids.traceId, requestId: 'r'.repeat(1024) })
    ring.add(ended('/é', { line: { method: 'GET', host: '', target: '/é' } }))
    expect(ring.records(1, 2)).toEqual([expect.objectContaining({ method: 'GET', host: '', path: '/é' })])
    expect(ring.records(1, 2)[0]).not.toHaveProperty('traceId')
  })
})

describe('the reporter', () => {
  function reporting(capacity = 1000) {
    const clock = new VirtualClock()
    const ring = new RequestRing('run', capacity)
    const said: Extract<EdgeMessage, { type: 'requests' }>[] = []
    const reporter = new RequestReporter(ring, { clock, say: (message) => message.type === 'requests' && said.push(message) })
    const add = (count: number): void => {
      for (let index = 0; index < count; index++) ring.add(ended('/'))
    }
    const numbers = (): string[] => said.map(({ id, records }) => `${id}: ${records.map((record) => record.id.slice(4)).join(' ')}`)
    return { clock, reporter, said, add, numbers }
  }

  test('answers at once with the last ones, also without any, then tells of each', async () => {
    const { clock, reporter, add, numbers } = reporting()
    reporter.follow(7, 2)
    add(3)
    await clock.advance(100)
    await clock.advance(1000)
    reporter.follow(8, 2)
    add(1)
    await clock.advance(100)
    expect(numbers()).toEqual(['7: ', '7: 1 2 3', '8: 2 3', '8: 4'])
  })

  test('says nothing while nobody follows', async () => {
    const { clock, reporter, said, add } = reporting()
    add(1)
    await clock.advance(1000)
    reporter.follow(1, 10)
    reporter.stop()
    add(1)
    await clock.advance(1000)
    expect(said).toHaveLength(1)
  })

  test('tells of the latest ones of too many: the numbers show how many are left out', async () => {
    const { clock, reporter, said, add } = reporting(500)
    reporter.follow(1, 10)
    add(700)
    await clock.advance(100)
    expect(said[1]?.records.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, index) => `run.${501 + index}`))
  })
})
