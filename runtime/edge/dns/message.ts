/** DNS messages as far as the edge needs them: one question in, addresses or an error out. Source: RFC 1035, section 4. */

export const TYPE_A = 1
/** "Whatever you have". */
export const TYPE_ANY = 255
const TYPE_SOA = 6
export const CLASS_IN = 1

export const RCODE = { ok: 0, formatError: 1, serverFailure: 2, nameError: 3, notImplemented: 4 } as const

/** Over UDP, for whoever does not say that more is welcome; nobody needs to say it for a handful of addresses. Source: RFC 1035, section 2.3.4. */
export const MAX_UDP_BYTES = 512

const HEADER_BYTES = 12
const MAX_NAME_BYTES = 255
const ANSWER = 0x8000
const AUTHORITATIVE = 0x0400
const TRUNCATED = 0x0200
const RECURSION_DESIRED = 0x0100
const RECURSION_AVAILABLE = 0x0080
const OPCODE = 0x7800
/** The name of the question, by its place. */
const POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES

export interface Question {
  readonly id: number
  readonly flags: number
  /** Without the last dot, as written; a dot inside a label has a backslash before it, so that it is no separator. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Its bytes, to be repeated in the answer. */
  readonly bytes: Buffer
}

/** A message that is no question: it gets this error, or nothing at all. */
export interface BadMessage {
  readonly reply: Buffer | undefined
}

/** Reads a message that a client sent. Never throws. */
export function readQuestion(message: Buffer): Question | BadMessage {
  // An answer to an answer would go round for ever.
  if (message.length < HEADER_BYTES || (message.readUInt16BE(2) & ANSWER) !== 0) return { reply: undefined }
  const flags = message.readUInt16BE(2)
  if ((flags & OPCODE) !== 0) return { reply: bareReply(message, RCODE.notImplemented) }
  if (message.readUInt16BE(4) !== 1) return { reply: bareReply(message, RCODE.formatError) }
  const name = readName(message, HEADER_BYTES)
  if (name === undefined || name.end + 4 > message.length) return { reply: bareReply(message, RCODE.formatError) }
  return {
    id: message.readUInt16BE(0),
    flags,
    name: name.text,
    type: message.readUInt16BE(name.end),
    class: message.readUInt16BE(name.end + 2),
    bytes: message.subarray(HEADER_BYTES, name.end + 4),
  }
}

/** A name without pointers: in a question there is nothing before it that one could lead to. */
function readName(message: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  const labels: string[] = []
  let at = start
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63) return undefined
    at++
    if (length === 0) return { text: labels.join('.'), end: at }
    if (at + length > message.length || at + length - start > MAX_NAME_BYTES - 1) return undefined
    labels.push(message.toString('latin1', at, at + length).replaceAll('.', String.raw`\.`))
    at += length
  }
}

export interface Reply {
  readonly rcode: number
  /** IPv4, dotted. */
  readonly addresses: readonly string[]
  /** Seconds. */
  readonly ttl: number
  /** The domain that there is an authority for, and a number that grows when it changes: said where there are no addresses. */
  readonly zone: { readonly domain: string; readonly serial: number }
}

/** An answer with authority. What does not fit into `maxBytes` is left out and said to be missing. */
export function writeReply(question: Question, reply: Reply, maxBytes: number): Buffer {
  const room = Math.floor((maxBytes - HEADER_BYTES - question.bytes.length) / (HEADER_BYTES + 4))
  const addresses = reply.addresses.slice(0, Math.max(0, room))
  const isCut = addresses.length < reply.addresses.length
  const authority = reply.addresses.length === 0 ? [startOfAuthority(reply)] : []
  const flags = replyFlags(question.flags, reply.rcode) | AUTHORITATIVE | (isCut ? TRUNCATED : 0)
  const header = writeHeader(question.id, flags, [1, addresses.length, authority.length])
  return Buffer.concat([header, question.bytes, ...addresses.map((address) => addressRecord(address, reply.ttl)), ...authority])
}

/** An answer without authority that says that there is none. */
export function writeFailure(question: Question, rcode: number): Buffer {
  return Buffer.concat([writeHeader(question.id, replyFlags(question.flags, rcode), [1, 0, 0]), question.bytes])
}

/** The same message under another number. */
export function withId(message: Buffer, id: number): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(id, 0)
  return copy
}

/** Whether a message that came answers the question that was sent under this number. */
export function isAnswerTo(message: Buffer, question: Question, id: number): boolean {
  if (message.length < HEADER_BYTES || message.readUInt16BE(0) !== id || (message.readUInt16BE(2) & ANSWER) === 0) return false
  // A server that could not read the question repeats none.
  if (message.readUInt16BE(4) === 0) return (message.readUInt16BE(2) & 0x000f) !== RCODE.ok
  const name = readName(message, HEADER_BYTES)
  return name !== undefined && name.text.toLowerCase() === question.name.toLowerCase()
}

function replyFlags(asked: number, rcode: number): number {
  return ANSWER | (asked & (OPCODE | RECURSION_DESIRED)) | RECURSION_AVAILABLE | rcode
}

/** For a question that could not be read. */
function bareReply(message: Buffer, rcode: number): Buffer {
  return writeHeader(message.readUInt16BE(0), replyFlags(message.readUInt16BE(2), rcode), [0, 0, 0])
}

function writeHeader(id: number, flags: number, [questions, answers, authorities]: readonly [number, number, number]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  for (const [index, value] of [id, flags, questions, answers, authorities].entries()) header.writeUInt16BE(value, index * 2)
  return header
}

function addressRecord(address: string, ttl: number): Buffer {
  const record = Buffer.alloc(16)
  record.writeUInt16BE(POINTER_TO_QUESTION, 0)
  writeRecordHead(record, { type: TYPE_A, ttl, length: 4 }, 2)
  for (const [index, byte] of address.split('.').entries()) record[12 + index] = Number(byte)
  return record
}

/** Says for how long "no" may be kept. The numbers behind the serial are CoreDNS's; only secondaries, which there are none of, use them. */
function startOfAuthority({ zone, ttl }: Reply): Buffer {
  const owner = writeName(zone.domain)
  const names = [writeName(`ns.dns.${zone.domain}`), writeName(`hostmaster.${zone.domain}`)]
  const numbers = Buffer.alloc(20)
  for (const [index, value] of [zone.serial, 7200, 1800, 86_400, ttl].entries()) numbers.writeUInt32BE(value >>> 0, index * 4)
  const data = Buffer.concat([...names, numbers])
  const head = Buffer.alloc(10)
  writeRecordHead(head, { type: TYPE_SOA, ttl, length: data.length }, 0)
  return Buffer.concat([owner, head, data])
}

function writeRecordHead(into: Buffer, { type, ttl, length }: { type: number; ttl: number; length: number }, at: number): void {
  into.writeUInt16BE(type, at)
  into.writeUInt16BE(CLASS_IN, at + 2)
  into.writeUInt32BE(ttl, at + 4)
  into.writeUInt16BE(length, at + 8)
}

function writeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1'))
  return Buffer.concat([...labels, Buffer.alloc(1)])
}
