import { describe, expect, test } from '@jest/globals'
import { LoadRun } from '../../../../runtime/load/load-run.ts'
import type { Outcome, Sender } from '../../../../runtime/load/sender.ts'
import { after } from '../../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import type { LoadFigures, LoadOrder } from '../../../../src/wire/load.ts'

const ok: Outcome = { status: 200, bytes: 10, repeated: false }

interface Sent {
  readonly at: number
  readonly end: (outcome: Outcome) => void
  cancelled: boolean
}

/** A load under virtual time; the server takes as long as the test says, or never answers. */
class LoadWorld {
  readonly clock = new VirtualClock()
  readonly sent: Sent[] = []
  readonly reports: LoadFigures[] = []
  readonly stop = new AbortController()
  readonly gone = new AbortController()
  closed = false
  done: LoadFigures | undefined

  constructor(order: Partial<LoadOrder>, answer: (number: number) => { readonly ms: number; readonly outcome?: Outcome } | 'never') {
    const sender: Sender = {
      send: (end) => {
        const sent: Sent = { at: this.clock.now(), end, cancelled: false }
        this.sent.push(sent)
        const how = answer(this.sent.length)
        if (how !== 'never') this.clock.at(after(this.clock.now(), how.ms), () => end(how.outcome ?? ok))
        return {
          cancel: () => {
            sent.cancelled = true
          },
        }
      },
      close: () => {
        this.closed = true
      },
    }
    const rate = { startSeconds: 0, endSeconds: 2, from: 10, to: 10 }
    const full = { streams: [{ arrivals: 'constant' as const, pieces: [rate] }], seed: 1, concurrency: 100, timeoutMs: 1000, ...order }
    const run = new LoadRun({ clock: this.clock, sender, order: full, report: (figures) => this.reports.push(figures) })
    void run.run({ stop: this.stop.signal, gone: this.gone.signal }).then((figures) => {
      this.done = figures
    })
  }

  get figures(): LoadFigures {
    if (this.done === undefined) throw new Error('the load goes on')
    return this.done
  }
}

describe('an open loop', () => {
  test('sends when requests are due, although the server is slow', async () => {
    const world = new LoadWorld({}, () => ({ ms: 900 }))
    await world.clock.advance(2000)
    expect(world.sent.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => 50 + 100 * index))
    expect(world.done).toBeUndefined()
    await world.clock.advance(1000)
    expect(world.figures).toMatchObject({ due: 20, sent: 20, answered: 20, inFlight: 0, failed: 0, statuses: { '2xx': 20 }, bytesIn: 200 })
    expect(world.figures).toMatchObject({ elapsedMs: 2850, firstAnswerMs: 950, limited: 0, latency: { max: 900 }, lateness: { max: 0 } })
    expect(world.closed).toBe(true)
  })

  test('counts from the time that a request was due: waiting for the limit is latency', async () => {
    const world = new LoadWorld({ concurrency: 1, timeoutMs: 60_000 }, () => ({ ms: 200 }))
    await world.clock.advance(10_000)
    // Due each 100 ms, answered each 200 ms: the last one is due at 1950 and answered at 50 + 20 × 200.
    expect(world.figures).toMatchObject({ answered: 20, limited: 19, latency: { max: 2100 }, lateness: { max: 1900 } })
    expect(world.sent.map(({ at }) => at).slice(0, 3)).toEqual([50, 250, 450])
  })

  test('reports once a second', async () => {
    const world = new LoadWorld({}, () => ({ ms: 10 }))
    await world.clock.advance(5000)
    expect(world.reports.map(({ elapsedMs, due, answered }) => [elapsedMs, due, answered])).toEqual([[1000, 10, 10]])
  })

  test('says how late it was when time passes without it', async () => {
    const world = new LoadWorld({}, () => ({ ms: 10 }))
    world.clock.at(after(world.clock.now(), 0), () => {})
    await world.clock.advance(40)
    // A clock that jumps is a process that was held up.
    Object.defineProperty(world.clock, 'now', { value: () => 700 })
    await world.clock.advance(20)
    expect(world.sent).toHaveLength(7)
    world.gone.abort()
    await world.clock.advance(0)
    expect(world.figures.lateness?.max).toBe(650)
  })
})

describe('what is not answered', () => {
  test('is given up when its time is over, counted from when it was due', async () => {
    const world = new LoadWorld({ timeoutMs: 500, concurrency: 2 }, (number) => (number <= 2 ? 'never' : { ms: 1 }))
    await world.clock.advance(549)
    expect(world.sent.filter(({ cancelled }) => cancelled)).toHaveLength(0)
    await world.clock.advance(5000)
    // The first two (due at 50 and 150) hold both places until 550 and 650; nothing else was due too long ago by then.
    expect(world.sent.slice(0, 3).map(({ at, cancelled }) => [at, cancelled])).toEqual([
      [50, true],
      [150, true],
      [550, false],
    ])
    expect(world.figures).toMatchObject({ due: 20, sent: 20, answered: 18, failed: 2, errors: { timeout: 2 }, unsent: 0 })
  })

  test('and what was never sent counts as failed too when its time is over', async () => {
    const stream = { arrivals: 'constant' as const, pieces: [{ startSeconds: 0, endSeconds: 2, from: 10, to: 10 }] }
    const world = new LoadWorld({ timeoutMs: 500, concurrency: 1, streams: [stream, stream] }, () => 'never')
    await world.clock.advance(10_000)
    // Always two are due at once; when the first of them is given up, so is the other.
    expect(world.figures).toMatchObject({ due: 40, sent: 20, unsent: 20, failed: 40, errors: { timeout: 40 } })
  })

  test('errors and answers of 500 or above are failures, those of 404 are none; the first answer is the first that is none', async () => {
    const outcomes: readonly Outcome[] = [
      { error: 'ECONNREFUSED', repeated: true },
      { status: 503, bytes: 0, repeated: false },
      { status: 404, bytes: 0, repeated: false },
    ]
    const world = new LoadWorld({}, (number) => ({ ms: 1, outcome: outcomes[number - 1] ?? ok }))
    await world.clock.advance(3000)
    expect(world.figures).toMatchObject({ answered: 19, failed: 2, repeated: 1, firstAnswerMs: 251 })
    expect(world.figures).toMatchObject({ statuses: { '5xx': 1, '4xx': 1, '2xx': 17 }, errors: { ECONNREFUSED: 1 } })
  })
})

describe('ending early', () => {
  test('stop sends no more and waits for what is in flight', async () => {
    const world = new LoadWorld({ concurrency: 2 }, () => ({ ms: 400 }))
    await world.clock.advance(460)
    world.stop.abort()
    await world.clock.advance(2000)
    // Due at 50, 150, 250, 350, 450; two at a time.
    expect(world.figures).toMatchObject({ due: 5, sent: 3, unsent: 2, answered: 3, failed: 0, elapsedMs: 850 })
  })

  test('a client that is gone ends everything at once', async () => {
    const world = new LoadWorld({}, () => 'never')
    await world.clock.advance(160)
    world.gone.abort()
    await world.clock.advance(0)
    expect(world.figures).toMatchObject({ sent: 2, answered: 0, errors: { stopped: 2 } })
    expect(world.sent.every(({ cancelled }) => cancelled)).toBe(true)
    expect(world.clock.next()).toBeUndefined()
  })
})
