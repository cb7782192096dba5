import { Agent, type IncomingMessage, request } from 'node:http'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { after, type Instant, type Millis } from '../../src/kernel/instant.ts'

export interface LoadOptions {
  readonly url: string
  /** Requests a second; each is sent at its time, whether earlier ones were answered or not. */
  readonly rate: number
  /** Ends after so many requests, after so long, or when `stop` is called, whichever comes first. */
  readonly count?: number
  readonly durationMs?: Millis
  /** `reused` keeps connections between requests, `fresh` opens one for each. */
  readonly connections: 'reused' | 'fresh'
  /** No complete answer within this time counts as failed. */
  readonly limitMs: Millis
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface LoadReport {
  readonly sent: number
  /** Complete answers, of whatever status. */
  readonly answered: number
  readonly statuses: Readonly<Record<string, number>>
  readonly resets: number
  readonly timeouts: number
  /** Status 500 and above, resets and time-outs. */
  readonly failed: number
  readonly latency: { readonly p50: Millis; readonly p90: Millis; readonly p99: Millis; readonly max: Millis }
  /** The first failures in words, with their time since the start. */
  readonly failures: readonly string[]
}

/** Leaving its scope stops it. */
export interface Load extends Disposable {
  /** The numbers so far. */
  report(): LoadReport
  /** Resolves when the load has ended by itself and everything sent is answered or failed. */
  readonly done: Promise<LoadReport>
  /** Sends nothing more and waits for what is under way. */
  stop(): Promise<LoadReport>
}

const SHOWN_FAILURES = 20

/** Runs a load to its end. */
export function runLoad(options: LoadOptions): Promise<LoadReport> {
  return startLoad(options).done
}

/** Starts an open-loop load. */
export function startLoad(options: LoadOptions): Load {
  return new OpenLoopLoad(options)
}

/** One line for a log or a terminal. */
export function formatLoad(report: LoadReport): string {
  const statuses = Object.entries(report.statuses).map(([status, count]) => `${status}: ${count}`)
  const { p50, p90, p99, max } = report.latency
  return (
    `sent ${report.sent} = answered ${report.answered} + resets ${report.resets} + timeouts ${report.timeouts}; failed ${report.failed}; ` +
    `${statuses.join(', ') || 'no status'}; ms p50 ${p50} p90 ${p90} p99 ${p99} max ${max}`
  )
}

class OpenLoopLoad implements Load {
  readonly done: Promise<LoadReport>
  readonly #options: LoadOptions
  readonly #agent: Agent
  readonly #started: Instant
  readonly #latencies: Millis[] = []
  readonly #statuses = new Map<number, number>()
  readonly #failures: string[] = []
  #finish: (report: LoadReport) => void = () => {}
  #sent = 0
  #open = 0
  #resets = 0
  #timeouts = 0
  #failedStatuses = 0
  #stopped = false
  #timer: Disposable | undefined

  constructor(options: LoadOptions) {
    this.#options = options
    this.#agent = new Agent({ keepAlive: options.connections === 'reused', maxSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' })
    this.#started = systemClock.now()
    this.done = new Promise((resolve) => {
      this.#finish = resolve
    })
    this.#tick()
  }

  report(): LoadReport {
    const sorted = [...this.#latencies].sort((left, right) => left - right)
    const at = (share: number): Millis => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
    return {
      sent: this.#sent,
      answered: this.#latencies.length,
      statuses: Object.fromEntries([...this.#statuses].sort(([left], [right]) => left - right)),
      resets: this.#resets,
      timeouts: this.#timeouts,
      failed: this.#failedStatuses + this.#resets + this.#timeouts,
      latency: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
      failures: this.#failures,
    }
  }

  stop(): Promise<LoadReport> {
    this.#stopped = true
    this.#timer?.[Symbol.dispose]()
    this.#checkEnd()
    return this.done
  }

  [Symbol.dispose](): void {
    void this.stop()
  }

  /** Sends everything that is due, then sleeps until the next one is. */
  #tick(): void {
    const { rate, count, durationMs } = this.#options
    const elapsed = systemClock.now() - this.#started
    const until = durationMs === undefined ? elapsed : Math.min(elapsed, durationMs)
    const due = Math.min(count ?? Number.POSITIVE_INFINITY, Math.floor((until * rate) / 1000) + 1)
    while (this.#sent < due && !this.#stopped) this.#send()
    if (this.#sent >= (count ?? Number.POSITIVE_INFINITY) || (durationMs !== undefined && elapsed >= durationMs)) this.#stopped = true
    if (this.#stopped) {
      this.#checkEnd()
      return
    }
    this.#timer = systemClock.at(after(this.#started, (this.#sent * 1000) / rate), () => this.#tick())
  }

  #send(): void {
    const { url, method = 'GET', headers = {}, body, limitMs } = this.#options
    this.#sent++
    this.#open++
    const begun = systemClock.now()
    let over = false
    const settle = (record: () => void): void => {
      if (over) return
      over = true
      limit[Symbol.dispose]()
      record()
      this.#open--
      this.#checkEnd()
    }
    const outgoing = request(url, { method, headers, agent: this.#agent }, (response) => {
      readAll(response, (text) =>
        settle(() => {
          this.#latencies.push(systemClock.now() - begun)
          const status = response.statusCode ?? 0
          this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
          if (status < 500) return
          this.#failedStatuses++
          this.#note(begun, `${status} ${text.trim()}`)
        }),
      )
      response.on('error', (error) => settle(() => this.#reset(begun, error)))
    })
    outgoing.on('error', (error) => settle(() => this.#reset(begun, error)))
    const limit = systemClock.at(after(begun, limitMs), () => {
      settle(() => {
        this.#timeouts++
        this.#note(begun, `no complete answer within ${limitMs} ms`)
      })
      outgoing.destroy()
    })
    outgoing.end(body)
  }

  #reset(begun: Instant, error: Error & { code?: string }): void {
    this.#resets++
    this.#note(begun, error.code ?? error.message)
  }

  #note(begun: Instant, text: string): void {
    if (this.#failures.length < SHOWN_FAILURES) this.#failures.push(`+${Math.round(begun - this.#started)} ms: ${text}`)
  }

  #checkEnd(): void {
    if (!this.#stopped || this.#open > 0) return
    this.#agent.destroy()
    this.#finish(this.report())
  }
}

/** Calls back with the beginning of the text when the body has ended properly. */
function readAll(response: IncomingMessage, done: (text: string) => void): void {
  let text = ''
  response.on('data', (part: Buffer) => {
    if (text.length < 200) text += part.toString('utf8')
  })
  response.on('end', () => {
    if (response.complete) done(text)
  })
}
