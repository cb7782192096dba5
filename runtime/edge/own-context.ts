import type { Clock } from '../../src/kernel/clock.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage } from '../../src/model/edge.ts'
import type { EdgeContext } from './context.ts'
import { RequestReporter } from './request-reporter.ts'
import { RequestRing } from './request-ring.ts'
import { TraceIds } from './trace-ids.ts'

/** What one edge lends to its parts: its names for requests, and its memory of them. */
export class OwnContext implements EdgeContext {
  readonly clock: Clock
  readonly log: Logger
  readonly say: (message: EdgeMessage) => void
  readonly nextRequestId: () => string
  readonly nextTraceId: () => string
  readonly requests: RequestRing
  readonly reporter: RequestReporter
  #requestIds = 0

  constructor({ clock, log, seed }: { readonly clock: Clock; readonly log: Logger; readonly seed: string }, say: EdgeContext['say']) {
    this.clock = clock
    this.log = log
    this.say = say
    this.nextRequestId = () => `${seed}-${(this.#requestIds++).toString(36)}`
    this.nextTraceId = new TraceIds(seed).next
    this.requests = new RequestRing(seed)
    this.reporter = new RequestReporter(this.requests, { clock, say })
  }
}
