import type { RequestRecord } from '../../model/edge.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { GrowingRequests, renderRequests } from '../render/request-table.ts'
import { renderNote } from '../render/request-text.ts'
import { readRequests } from '../requests/read-requests.ts'
import { readRequestQuery } from '../requests/request-query.ts'
import { Interrupts } from '../up/interrupts.ts'

/** As many as fit a terminal with what was there before. */
const SHOWN = 20

/** Lists the last requests, and goes on with `-f` until it is interrupted. */
export async function requests(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const query = { tail: SHOWN, ...(await readRequestQuery(invocation, io, client)) }
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  const { format, out, err } = invocation.globals
  const listed: RequestRecord[] = []
  const growing = new GrowingRequests(out)
  if (query.follow && format === 'text') io.stdout.write(growing.headings)
  await readRequests({ client, io, query, signal: stop.signal }, (item) => {
    if (format === 'json') io.stdout.write(`${JSON.stringify(item)}\n`)
    else if ('note' in item) io.stderr.write(err.dim(renderNote(item)))
    else if (query.follow) io.stdout.write(growing.format(item))
    else listed.push(item)
  })
  if (!query.follow && format === 'text') io.stdout.write(renderRequests(listed, out))
  return interrupts.count > 0 && !query.follow ? EXIT_CODES.interrupted : EXIT_CODES.ok
}
