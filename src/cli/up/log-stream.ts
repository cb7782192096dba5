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

/** Which lines of the output were taken, so that a second reading finds the rest. */
export class TakenLines {
  /** By stream: the time of the last line, and how many lines had that time. */
  readonly #last = new Map<string, { readonly at: number; readonly count: number }>()

  note(record: LogRecord): void {
    const last = this.#last.get(streamOf(record))
    this.#last.set(streamOf(record), { at: record.at, count: last?.at === record.at ? last.count + 1 : 1 })
  }

  /** For one reading from the beginning: whether the record was taken before. */
  filter(): (record: LogRecord) => boolean {
    const again = new Map<string, number>()
    return (record) => {
      const key = streamOf(record)
      const last = this.#last.get(key)
      if (last === undefined || record.at > last.at) return false
      if (record.at < last.at) return true
      const count = (again.get(key) ?? 0) + 1
      again.set(key, count)
      return count <= last.count
    }
  }
}

function streamOf({ replica, container, stream }: LogRecord): string {
  return `${replica}/${container}/${stream}`
}

/** What of the output of components that have ended was not taken yet. */
export async function readRest(
  source: { readonly client: Client; readonly query: Omit<LogQuery, 'follow'>; readonly taken: TakenLines },
  take: (record: LogRecord) => void,
): Promise<void> {
  const isTaken = source.taken.filter()
  for await (const record of source.client.logs({ ...source.query, follow: false }, new AbortController().signal))
    if (!isTaken(record)) take(record)
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
