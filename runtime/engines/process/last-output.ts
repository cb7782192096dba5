import { replicaLogs } from './logs.ts'
import type { Replica } from './replica.ts'

const LINES = 10

/** The last lines a container wrote, for error messages. */
export async function lastOutput(replica: Replica, container: string): Promise<string> {
  const { streams, record, context } = replica
  const lines: string[] = []
  const options = { follow: false, tail: LINES, container }
  const never = new AbortController().signal
  for await (const { text } of replicaLogs({ id: record.id, streams, clock: context.clock }, options, never)) lines.push(text)
  return lines.join('\n')
}
