import { describe, expect, test } from '@jest/globals'
import type { RequestQuery } from '../../../src/control/environment-control.ts'
import { RequestFeed } from '../../../src/control/request-feed.ts'
import { initialState } from '../../../src/control/state.ts'
import { instant } from '../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { RequestRecord, ToEdge } from '../../../src/model/edge.ts'
import type { RequestItem } from '../../../src/wire/request-stream.ts'

function record(id: string, changes: Partial<RequestRecord> = {}): RequestRecord {
  const nothing = { waitedMs: 0, tookMs: 1, bytesIn: 0, bytesOut: 0 }
  return { id, at: instant(0), client: '127.0.0.1', protocol: 'http/1.1', path: '/', status: 200, ...nothing, ...changes }
}

const state = initialState('shop', { name: 'process', traits: {} as never, images: false, sandboxes: false, volumes: false })

const shown = (items: readonly RequestItem[]): string[] =>
  items.map((item) => ('note' in item ? `${item.note}${item.count === undefined ? '' : ` ${item.count}`}` : item.id))

/** A feed whose edge is a list of what it was told. */
class FeedWorld {
  readonly clock = new VirtualClock()
  readonly told: Extract<ToEdge, { type: 'follow-requests' }>[] = []
  readonly feed = new RequestFeed({
    clock: this.clock,
    shade: (text) => text.replace('hunter2', '***'),
    tell: (message) => this.told.push(message),
  })

  /** The edge answers what it was asked last. */
  say(...ids: readonly string[]): void {
    this.sayRecords(ids.map((id) => record(id)))
  }

  sayRecords(records: readonly RequestRecord[]): void {
    this.feed.told({ type: 'requests', id: this.told.filter(({ on }) => on).at(-1)?.id ?? 0, records })
  }

  follow(query: Partial<RequestQuery> = {}): Follower {
    const stop = new AbortController()
    const follower = new Follower(stop)
    const items = this.feed.follow({ components: [], follow: true, failed: false, ...query }, state, stop.signal)
    void follower.read(items)
    return follower
  }
}

class Follower {
  readonly items: RequestItem[] = []
  ended = false
  error: unknown
  readonly #stop: AbortController

  constructor(stop: AbortController) {
    this.#stop = stop
  }

  async read(items: AsyncIterable<RequestItem>): Promise<void> {
    try {
      for await (const item of items) this.items.push(item)
    } catch (error) {
      this.error = error
    }
    this.ended = true
  }

  get shown(): readonly string[] {
    return shown(this.items)
  }

  stop(): void {
    this.#stop.abort()
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

describe('the edge', () => {
  test('is asked for the first follower and told to stop after the last', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    expect(world.told).toEqual([])
    const first = world.follow()
    await settle()
    world.say('run.1')
    const second = world.follow()
    await settle()
    world.say('run.2')
    await settle()
    first.stop()
    await settle()
    expect(world.told.map(({ on }) => on)).toEqual([true])
    second.stop()
    await settle()
    expect(world.told.map(({ on }) => on)).toEqual([true, false])
    expect([first.shown, second.shown]).toEqual([
      ['run.1', 'run.2'],
      ['run.1', 'run.2'],
    ])
  })

  test('is not believed what it answers to an earlier question', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const first = world.follow()
    await settle()
    const [question] = world.told
    first.stop()
    await settle()
    const second = world.follow({ follow: false })
    await settle()
    world.feed.told({ type: 'requests', id: question?.id ?? 0, records: [record('run.1')] })
    await settle()
    expect(second.ended).toBe(false)
    world.say('run.1', 'run.2')
    await settle()
    expect([second.ended, second.shown]).toEqual([true, ['run.1', 'run.2']])
  })

  test('that comes back is asked again, and repeats itself unheard', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow()
    await settle()
    world.say('run.1', 'run.2')
    world.feed.away()
    world.feed.attached('run')
    world.say('run.1', 'run.2', 'run.3')
    await settle()
    expect(world.told.map(({ on }) => on)).toEqual([true, true])
    expect(follower.shown).toEqual(['run.1', 'run.2', 'edge-away', 'edge-back', 'run.3'])
    follower.stop()
  })

  test('that was started again begins at 1', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow()
    await settle()
    world.say('run.7')
    world.feed.away()
    world.feed.attached('other')
    world.say('other.1')
    await settle()
    expect(follower.shown).toEqual(['run.7', 'edge-away', 'edge-restarted', 'other.1'])
    follower.stop()
  })

  test('that comes back says so also to who has seen no request yet', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow()
    await settle()
    world.say()
    world.feed.away()
    world.feed.attached('run')
    world.say()
    world.feed.away()
    world.feed.attached('other')
    world.say('other.1')
    await settle()
    expect(follower.shown).toEqual(['edge-away', 'edge-back', 'edge-away', 'edge-restarted', 'other.1'])
    follower.stop()
  })

  test('that leaves numbers out has had too many', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow()
    await settle()
    world.say('run.7')
    world.say('run.11', 'run.12')
    await settle()
    expect(follower.shown).toEqual(['run.7', 'missed 3', 'run.11', 'run.12'])
    follower.stop()
  })
})

describe('a follower', () => {
  test('sees the last of those that fit, then those that fit', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow({ tail: 1, failed: true })
    await settle()
    world.sayRecords([record('run.1', { status: 500 }), record('run.2', { status: 500 }), record('run.3')])
    world.sayRecords([record('run.4'), record('run.5', { status: 500 })])
    await settle()
    expect(follower.shown).toEqual(['run.2', 'run.5'])
    follower.stop()
  })

  test('goes on behind the request it names', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const after = world.follow({ follow: false, after: 'run.2' })
    const missed = world.follow({ follow: false, after: 'run.0' })
    const other = world.follow({ follow: false, after: 'old.9' })
    const alone = world.follow({ follow: false, after: 'old.9', since: 1 })
    await settle()
    world.say('run.2', 'run.3')
    await settle()
    expect([after.shown, missed.shown, other.shown, alone.shown]).toEqual([
      ['run.3'],
      ['missed 1', 'run.2', 'run.3'],
      ['edge-restarted', 'run.2', 'run.3'],
      ['edge-restarted'],
    ])
  })

  test('who is too slow is told how many it missed', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const stop = new AbortController()
    const items = world.feed.follow({ components: [], follow: true, failed: false }, state, stop.signal)
    const first = items.next()
    await settle()
    world.say('run.1')
    expect(shown([(await first).value as RequestItem])).toEqual(['run.1'])
    world.say(...Array.from({ length: 4100 }, (_, index) => `run.${index + 2}`))
    expect(shown([(await items.next()).value as RequestItem, (await items.next()).value as RequestItem])).toEqual([
      'missed 1999',
      'run.2001',
    ])
    stop.abort()
    await items.return(undefined)
  })

  test('is shown no value of a secret', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow({ follow: false })
    await settle()
    world.sayRecords([record('run.1', { path: '/hunter2', reason: 'no route for path /hunter2' })])
    await settle()
    expect(follower.items).toMatchObject([{ path: '/***', reason: 'no route for path /***' }])
  })

  test('ends with the environment', async () => {
    const world = new FeedWorld()
    world.feed.attached('run')
    const follower = world.follow()
    await settle()
    world.say()
    world.feed.close()
    await settle()
    expect([follower.ended, follower.error]).toEqual([true, undefined])
  })
})

describe('without an edge', () => {
  test('a question is refused after a while, a follower waits and is told so', async () => {
    const world = new FeedWorld()
    const question = world.follow({ follow: false })
    const follower = world.follow()
    await settle()
    expect(question.ended).toBe(false)
    await world.clock.advance(5000)
    await settle()
    expect(question.error).toMatchObject({ status: 503, error: { code: 'MP8016' } })
    expect(follower.shown).toEqual(['edge-away'])
    world.feed.attached('run')
    world.say('run.1')
    await settle()
    expect(follower.shown).toEqual(['edge-away', 'edge-back', 'run.1'])
    follower.stop()
  })

  test('one of an earlier version tells of nothing', async () => {
    const world = new FeedWorld()
    world.feed.attached(undefined)
    const follower = world.follow()
    await settle()
    expect(follower.error).toMatchObject({ status: 409, error: { code: 'MP8016' } })
    expect(world.told).toEqual([])
  })
})
