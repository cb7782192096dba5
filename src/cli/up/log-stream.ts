import { instant } from '../../kernel/instant.ts'
import type { LogRecord } from '../../wire/answers.ts'
import type { Client, LogQuery } from '../client/client.ts'
import { StatusRefusalError } from '../client/http.ts'
import type { Io } from '../io.ts'
import { DaemonGoneError } from '../refusal-error.ts'
import { isShown, LogLines, type LogStyle } from '../render/log-lines.ts'

const AGAIN_MS = 300

/** The output of components, on and on, until the signal aborts; goes on where it was when the daemon comes back. */
export async function followLogs(
  source: { readonly client: Client; readonly io: Io; readonly query: Omit<LogQuery, 'follow'>; readonly signal: AbortSignal },
  take: (record: LogRecord) => void,
): Promise<void> {
  const { client, io, signal } = source
  let since = source.query.since
  while (!signal.aborted) {
    try {
      for await (const record of client.logs({ ...source.query, follow: true, ...(since === undefined ? {} : { since }) }, signal)) {
        since = instant(record.at + 1)
        take(record)
      }
    } catch (error) {
      const mayComeBack = error instanceof DaemonGoneError || (error instanceof StatusRefusalError && error.status === 404)
      if (!signal.aborted && !mayComeBack) throw error
    }
    if (!signal.aborted) await io.clock.sleep(AGAIN_MS, signal).catch(() => undefined)
  }
}

/** The last lines of a component, as text; empty when there are none. */
export async function readExcerpt(client: Client, component: string, style: LogStyle): Promise<string> {
  const lines = new LogLines(style)
  let text = ''
  try {
    for await (const record of client.logs({ components: [component], follow: false, tail: 20 }, new AbortController().signal))
      if (isShown(record, undefined)) text += `  ${lines.format(record)}`
  } catch (error) {
    if (!(error instanceof StatusRefusalError)) throw error
  }
  return text
}
