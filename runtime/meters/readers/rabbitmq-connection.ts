import type { RabbitmqQueue } from '../../../src/scaling/readings/rabbitmq.ts'
import type { TlsSettings } from '../tls.ts'

/** What both protocols need to know. */
export interface RabbitmqSettings {
  /** With user and password, whoever gave them. */
  readonly host: URL
  readonly queue: string
  readonly vhost: string | undefined
  readonly tls: TlsSettings
  readonly useRegex: boolean
  readonly pageSize: number
}

export interface RabbitmqConnection {
  /** Several, or none, where an expression names them. */
  queues(signal: AbortSignal): Promise<readonly RabbitmqQueue[]>
  close(): void
}
