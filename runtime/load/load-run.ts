import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Instant } from '../../src/kernel/instant.ts'
import type { LoadFigures, LoadOrder } from '../../src/wire/load.ts'
import { ArrivalTimes } from './arrival-times.ts'
import { LoadTally } from './load-tally.ts'
import type { Sender } from './sender.ts'

const REPORT_MS = 1000

export interface LoadRunPorts {
  /** With fractions of a millisecond, and never back. */
  readonly clock: Clock
  readonly sender: Sender
  readonly order: Pick<LoadOrder, 'streams' | 'seed' | 'concurrency' | 'timeoutMs'>
  readonly report: (figures: LoadFigures) => void
}

interface Flight {
  readonly dueMs: number
  cancel: () => void
}

/**
 * Sends requests when they are due, whatever became of earlier ones (an open loop). Times are milliseconds since the start; everything counts from
 * the time that a request was due, so that no wait is hidden: neither that behind a slow server, nor that for the limit, nor the generator's own.
 */
export class LoadRun {
  readonly #ports: LoadRunPorts
  readonly #times: ArrivalTimes
  readonly #tally = new LoadTally()
  readonly #start: Instant
  /** In order of when they were due. */
  readonly #inFlight = new Set<Flight>()
  /** When those were due that wait for the limit; those before `#head` are gone. */
  #waiting: number[] = []
  #head = 0
  #next: number
  #timer: Disposable | undefined
  #reporting: Disposable | undefined
  #resolve: (figures: LoadFigures) => void = () => {}

  constructor(ports: LoadRunPorts) {
    this.#ports = ports
    this.#times = new ArrivalTimes(ports.order)
    this.#next = this.#times.next()
    this.#start = ports.clock.now()
  }

  /** Resolves when everything that was due is answered or given up. `stop` ends the sending, `gone` everything. */
  run({ stop, gone }: { readonly stop: AbortSignal; readonly gone: AbortSignal }): Promise<LoadFigures> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      stop.addEventListener('abort', () => this.#stop(), { once: true })
      gone.addEventListener('abort', () => this.#giveUp(), { once: true })
      this.#tell(0)
      if (gone.aborted) this.#giveUp()
      else if (stop.aborted) this.#stop()
      else this.#step()
    })
  }

  get #elapsed(): number {
    return this.#ports.clock.now() - this.#start
  }

  get #waits(): number {
    return this.#waiting.length - this.#head
  }

  #step(): void {
    const { concurrency } = this.#ports.order
    const now = this.#elapsed
    this.#expire(now)
    while (this.#next <= now) {
      const limited = this.#inFlight.size >= concurrency || this.#waits > 0
      this.#tally.due(limited)
      if (limited) this.#waiting.push(this.#next)
      else this.#send(this.#next)
      this.#next = this.#times.next()
    }
    this.#schedule()
  }

  #send(dueMs: number): void {
    this.#tally.sent(Math.max(0, this.#elapsed - dueMs))
    const flight: Flight = { dueMs, cancel: () => {} }
    this.#inFlight.add(flight)
    const exchange = this.#ports.sender.send((outcome) => {
      if (!this.#inFlight.delete(flight)) return
      this.#tally.ended(outcome, { dueMs, nowMs: this.#elapsed })
      this.#sendWaiting()
      if (this.#isOver()) this.#end()
    })
    flight.cancel = () => exchange.cancel()
  }

  #sendWaiting(): void {
    while (this.#waits > 0 && this.#inFlight.size < this.#ports.order.concurrency) {
      const dueMs = this.#waiting[this.#head++] ?? 0
      this.#send(dueMs)
    }
    if (this.#head > 1000 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
  }

  /** Those that were due too long ago: all wait equally long, so the oldest come first. */
  #expire(now: number): void {
    const last = now - this.#ports.order.timeoutMs
    for (const flight of this.#inFlight) {
      if (flight.dueMs > last) break
      this.#cancel(flight, 'timeout')
    }
    while (this.#waits > 0 && (this.#waiting[this.#head] ?? 0) <= last) {
      this.#head++
      this.#tally.givenUp('timeout', false)
    }
    this.#sendWaiting()
  }

  #cancel(flight: Flight, reason: 'timeout' | 'stopped'): void {
    this.#inFlight.delete(flight)
    flight.cancel()
    this.#tally.givenUp(reason, true)
  }

  #schedule(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#isOver()) {
      this.#end()
      return
    }
    const [oldest] = this.#inFlight
    const first = oldest?.dueMs ?? this.#waiting[this.#head]
    const deadline = first === undefined ? Number.POSITIVE_INFINITY : first + this.#ports.order.timeoutMs
    const due = after(this.#start, Math.min(this.#next, deadline))
    this.#timer = this.#ports.clock.at(due, () => this.#step())
  }

  #isOver(): boolean {
    return this.#next === Number.POSITIVE_INFINITY && this.#inFlight.size === 0 && this.#waits === 0
  }

  #stop(): void {
    this.#next = Number.POSITIVE_INFINITY
    for (; this.#waits > 0; this.#head++) this.#tally.givenUp('stopped', false)
    this.#schedule()
  }

  #giveUp(): void {
    this.#next = Number.POSITIVE_INFINITY
    for (; this.#waits > 0; this.#head++) this.#tally.givenUp('stopped', false)
    for (const flight of this.#inFlight) this.#cancel(flight, 'stopped')
    this.#end()
  }

  #end(): void {
    this.#timer?.[Symbol.dispose]()
    this.#reporting?.[Symbol.dispose]()
    this.#ports.sender.close()
    this.#resolve(this.#figures())
  }

  #figures(): LoadFigures {
    return this.#tally.figures({ elapsedMs: this.#elapsed, inFlight: this.#inFlight.size, waiting: this.#waits })
  }

  /** Once a second; a second that was missed is not made up for. */
  #tell(last: number): void {
    const { clock, report } = this.#ports
    const next = Math.max(last, Math.floor(this.#elapsed / REPORT_MS)) + 1
    this.#reporting = clock.at(after(this.#start, next * REPORT_MS), () => {
      this.#tell(next)
      report(this.#figures())
    })
  }
}
