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
  readonly maxClients: number | undefined
  readonly say: (message: EdgeMessage) => void
  readonly nextRequestId: () => string
  readonly nextTraceId: () => string
  readonly requests: RequestRing
  readonly reporter: RequestReporter
  #requestIds = 0

  constructor(options: Pick<EdgeContext, 'clock' | 'log' | 'maxClients'> & { readonly seed: string }, say: EdgeContext['say']) {
    const { clock, log, seed } = options
    this.maxClients = options.maxClients
    this.clock = clock
    this.log = log
    this.say = say
    this.nextRequestId = () => `${seed}-${(this.#requestIds++).toString(36)}`
    this.nextTraceId = new TraceIds(seed).next
    this.requests = new RequestRing(seed)
    this.reporter = new RequestReporter(this.requests, { clock, say })
  }
}
