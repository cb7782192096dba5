import { formatInstant, type Instant } from '../../kernel/instant.ts'
import type { RequestProtocol, RequestRecord } from '../../model/edge.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import type { LogLines } from '../render/log-lines.ts'
import { printable, printableReason, renderNote, replicaName } from '../render/request-text.ts'
import { Interrupts } from '../up/interrupts.ts'
import { readRequests } from './read-requests.ts'
import { readRequestQuery } from './request-query.ts'

/** Prints a line for each request, and goes on with `-f` until it is interrupted. */
export async function printAccessLog(invocation: Invocation, io: Io, client: Client, lines: LogLines): Promise<number> {
  const query = await readRequestQuery(invocation, io, client)
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  const { format, err } = invocation.globals
  await readRequests({ client, io, query, signal: stop.signal }, (item) => {
    if (format === 'json') io.stdout.write(`${JSON.stringify(item)}\n`)
    else if ('note' in item) io.stderr.write(err.dim(renderNote(item)))
    else {
      const component = item.component ?? 'edge'
      io.stdout.write(lines.formatNamed(replicaName(item) ?? component, { at: item.at, component, text: accessLine(item) }))
    }
  })
  return interrupts.count > 0 && !query.follow ? EXIT_CODES.interrupted : EXIT_CODES.ok
}

const VERSIONS: Readonly<Record<RequestProtocol, string>> = {
  'http/1.0': 'HTTP/1.0',
  'http/1.1': 'HTTP/1.1',
  h2: 'HTTP/2.0',
  grpc: 'HTTP/2.0',
  websocket: 'HTTP/1.1',
  tcp: '-',
}

/** After the combined log format of Apache httpd, which programs that read logs know; what follows the size is ours. */
function accessLine(record: RequestRecord): string {
  const { at, client, method, path, host, status, bytesOut, waitedMs, tookMs, traceId, reason, protocol } = record
  const line = method === undefined ? '-' : `${printable(method)} ${printable(path ?? '-')} ${VERSIONS[protocol]}`
  const parts = [
    client,
    '- -',
    `[${logTime(at)}]`,
    `"${line}"`,
    status ?? '-',
    bytesOut,
    `host=${host === undefined || host === '' ? '-' : printable(host)}`,
    `replica=${replicaName(record) ?? '-'}`,
    `wait=${waitedMs}ms`,
    `took=${tookMs}ms`,
    `trace=${traceId ?? '-'}`,
    ...(reason === undefined ? [] : [`reason="${printableReason(reason).replaceAll('"', "'")}"`]),
  ]
  return parts.join(' ')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `25/Nov/2026:10:00:00 +0000`. */
function logTime(at: Instant): string {
  const text = formatInstant(at)
  return `${text.slice(8, 10)}/${MONTHS[Number(text.slice(5, 7)) - 1] ?? ''}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`
}
