import { Body, responseFraming } from '../../../runtime/edge/http/body.ts'
import { findHeadEnd, HeadError } from '../../../runtime/edge/http/head-lines.ts'
import { parseResponseHead } from '../../../runtime/edge/http/response-head.ts'
import { contradiction } from './differences.ts'
import { Dice, message, mutate } from './messages.ts'
import { NodeReader, readByEdge } from './readings.ts'

export interface FuzzReport {
  readonly messages: number
  /** Requests that both took for the same. */
  readonly agreed: number
  readonly refused: number
  /** Empty when all is well: what went wrong with the bytes that show it, at most ten. */
  readonly findings: readonly string[]
}

/** Puts generated messages through the parsers and beside node:http; the same for the same seed. */
export async function fuzz(options: { readonly seed: number; readonly messages: number }): Promise<FuzzReport> {
  const dice = new Dice(options.seed)
  const node = new NodeReader()
  const findings: string[] = []
  let [messages, agreed, refused] = [0, 0, 0]
  while (messages < options.messages && findings.length < 10) {
    let text = ''
    const count = 1 + dice.below(4)
    for (let left = count; left > 0; left--) text += dice.below(3) === 0 ? mutate(dice, message(dice, 'request')) : message(dice, 'request')
    messages += count + 1
    const bytes = Buffer.from(text, 'latin1')
    const edge = readByEdge(bytes)
    if (edge.refused !== undefined) refused++
    const theirs = await node.read(bytes)
    agreed += Math.min(edge.requests.length, theirs.requests.length)
    const trouble = contradiction(edge, theirs) ?? cutsMatter(dice, text) ?? responseTrouble(dice)
    if (trouble !== undefined) findings.push(`${trouble}\n  in ${JSON.stringify(text)}`)
  }
  return { messages, agreed, refused, findings }
}

/** Whether a chunked body reads differently in pieces, or is another one without its extensions. */
function cutsMatter(dice: Dice, text: string): string | undefined {
  const start = text.indexOf('\r\n\r\n')
  if (start < 0) return undefined
  const bytes = Buffer.from(text.slice(start + 4), 'latin1')
  const whole = read(bytes, [])
  const pieces = read(
    bytes,
    Array.from({ length: dice.below(4) }, () => dice.below(bytes.length + 1)).sort((left, right) => left - right),
  )
  if (JSON.stringify(whole) !== JSON.stringify(pieces)) return `a body reads differently in pieces: ${JSON.stringify([whole, pieces])}`
  if (whole.error !== undefined || !whole.complete) return undefined
  const tidied = read(Buffer.from(whole.kept, 'latin1'), [])
  if (tidied.data !== whole.data || tidied.kept !== whole.kept || !tidied.complete)
    return `a body without extensions is another one: ${JSON.stringify([whole, tidied])}`
  return undefined
}

interface BodyReading {
  readonly data: string
  /** What goes on. */
  readonly kept: string
  readonly end: number
  readonly complete: boolean
  readonly error: string | undefined
}

function read(bytes: Buffer, cuts: readonly number[]): BodyReading {
  let [data, kept, end] = ['', '', 0]
  const body = new Body('chunked', 0, (buffer, from, to) => {
    data += buffer.toString('latin1', from, to)
  })
  for (const cut of [...cuts, bytes.length]) {
    const piece = Buffer.from(bytes.subarray(end, cut))
    const read = body.advance(piece, 0, piece.length)
    end += read
    if (body.error !== undefined) return { data, kept: '', end, complete: false, error: body.error }
    kept += piece.toString('latin1', 0, body.tidy(piece, read))
    if (body.complete) break
  }
  return { data, kept, end, complete: body.complete, error: undefined }
}

/** A response is either refused, or its head is made of whole lines and says how long the body is. */
function responseTrouble(dice: Dice): string | undefined {
  const text = mutate(dice, message(dice, 'response'))
  const end = findHeadEnd(text)
  if (end instanceof HeadError || end < 0) return undefined
  const head = parseResponseHead(text, end)
  if (head instanceof HeadError)
    return head.status === 502 ? undefined : `a response is refused with ${head.status}: ${JSON.stringify(text)}`
  const lines = head.fields.split('\r\n')
  const whole = lines.pop() === '' && lines.every((line) => /^[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*$/.test(line))
  if (!whole || /[\r\n\0]/.test(head.statusText)) return `a response head is not clean: ${JSON.stringify([text, head])}`
  const body = new Body(responseFraming(head, 'GET'), head.contentLength)
  const bytes = Buffer.from(text.slice(end), 'latin1')
  const read = body.advance(bytes, 0, bytes.length)
  return read <= bytes.length && body.tidy(bytes, read) <= read
    ? undefined
    : `a response body ends beyond its bytes: ${JSON.stringify(text)}`
}
