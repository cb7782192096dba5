import type { Clock } from '../../src/kernel/clock.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { EdgeMessage, EdgeTable } from '../../src/model/edge.ts'
import type { RequestLog } from './request-ring.ts'

/** What every part of the edge may use. */
export interface EdgeContext {
  readonly clock: Clock
  readonly log: Logger
  /** Tells the controller, if there is one. */
  readonly say: (message: EdgeMessage) => void
  /** Connections of clients at once; absent means as many as the limit of open files allows. */
  readonly maxClients?: number | undefined
  /** A new `x-request-id`. */
  readonly nextRequestId: () => string
  /** A new trace id. */
  readonly nextTraceId: () => string
  /** Is told of every request at its end. */
  readonly requests: RequestLog
}

/** Answers by the names of the table in force. */
export interface NameService {
  serve(table: EdgeTable): void
}
