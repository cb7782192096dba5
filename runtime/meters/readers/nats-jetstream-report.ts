import type { JetstreamConsumer } from '../../../src/scaling/readings/jetstream.ts'

/** What `/jsz` says, as far as it is looked at. */
export interface JetstreamReport {
  readonly account_details?: readonly {
    readonly id?: string
    readonly name?: string
    readonly stream_detail?: readonly { readonly name?: string; readonly consumer_detail?: readonly ReportedConsumer[] }[]
  }[]
  readonly meta_cluster?: { readonly cluster_size?: number }
}

interface ReportedConsumer {
  readonly name?: string
  readonly num_pending?: number
  readonly num_ack_pending?: number
  readonly cluster?: { readonly leader?: string }
}

export interface JetstreamNames {
  readonly account: string
  /** The name, where no id is given. */
  readonly accountId: string
  readonly stream: string
  readonly consumer: string
}

function reportedOf(report: JetstreamReport, { account, accountId, stream }: JetstreamNames): readonly ReportedConsumer[] | undefined {
  const accounts = (report.account_details ?? []).filter(({ id, name }) => id === accountId || (account !== '' && name === account))
  const streams = accounts.flatMap(({ stream_detail }) => stream_detail ?? []).filter(({ name }) => name === stream)
  return streams.length === 0 ? undefined : streams.flatMap(({ consumer_detail }) => consumer_detail ?? [])
}

/** The node that knows the consumer best, as this node sees it. */
export function findConsumer(report: JetstreamReport, names: JetstreamNames): ReportedConsumer | undefined {
  return reportedOf(report, names)?.find(({ name }) => name === names.consumer)
}

/** Undefined where there is no such stream. */
export function consumersOf(report: JetstreamReport, names: JetstreamNames): readonly JetstreamConsumer[] | undefined {
  return reportedOf(report, names)?.map(({ name = '', num_pending = 0, num_ack_pending = 0 }) => ({
    name,
    numPending: num_pending,
    numAckPending: num_ack_pending,
  }))
}
