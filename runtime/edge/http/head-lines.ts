import { CHARACTERS, COLON, CR, LF, SPACE, TAB, TOKEN, VALUE } from './characters.ts'

/** Longest line and head we read. Source: nginx large_client_header_buffers (8 KB a line) and node:http (16 KB a head), made roomier. */
export const MAX_LINE = 16 * 1024
export const MAX_HEAD = 64 * 1024
/** With this head, which is none of HTTP/1, clients begin that speak HTTP/2 without asking. Source: RFC 9113, 3.4. */
export const PREFACE_HEAD = 'PRI * HTTP/2.0\r\n\r\n'

/** Why a head is refused. */
export class HeadError {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string) {
    this.status = status
    this.reason = reason
  }
}

/**
 * Index after the empty line that ends a head; -1 while it is not there. A head that cannot become a good one is
 * reported as soon as that is known, so that nobody waits for the end of it.
 */
export function findHeadEnd(text: string): number | HeadError {
  const end = text.indexOf('\r\n\r\n')
  if (end >= 0) return end + 4 > MAX_HEAD ? new HeadError(431, 'the header fields are too long') : end + 4
  const bareLf = findBareLf(text)
  if (bareLf >= 0) return new HeadError(400, 'a line ends without carriage return')
  if (text.length > MAX_HEAD) return new HeadError(431, 'the header fields are too long')
  const lastLine = text.lastIndexOf('\n')
  if (text.length - lastLine > MAX_LINE) return lineTooLong(lastLine < 0)
  return -1
}

export function lineTooLong(first: boolean): HeadError {
  return first ? new HeadError(414, 'the request line is too long') : new HeadError(431, 'a header field is too long')
}

function findBareLf(text: string): number {
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) if (at === 0 || text.charCodeAt(at - 1) !== CR) return at
  return -1
}

/** Who looks at fields. */
export interface FieldVisitor {
  /** Whether a field of this name may need a look; the others are kept without cutting their text. */
  knows(length: number, firstLetter: number): boolean
  /** Called with the field's name in lower case and its value; the answer says whether the line is kept as it is. */
  read(name: string, value: string): 'keep' | 'drop' | HeadError
}

/**
 * Walks the field lines from `start` up to the empty line at `end - 2` and returns those that are kept, each with its
 * line end, in as few slices as possible. Refuses folding, bare line ends, control characters and spaces before the colon.
 */
export function walkFields(
  text: string,
  range: { readonly start: number; readonly end: number },
  visitor: FieldVisitor,
): string | HeadError {
  let kept = ''
  let runStart = range.start
  let at = range.start
  const stop = range.end - 2
  while (at < stop) {
    const lineStart = at
    while (((CHARACTERS[text.charCodeAt(at)] ?? 0) & TOKEN) !== 0) at++
    if (at === lineStart) {
      const code = text.charCodeAt(at)
      if (code === SPACE || code === TAB) return new HeadError(400, 'a header line is folded')
      return new HeadError(400, 'a header name is empty or has a forbidden character')
    }
    if (text.charCodeAt(at) !== COLON) return new HeadError(400, 'a header name has a forbidden character')
    const nameEnd = at++
    const valueStart = at
    while (((CHARACTERS[text.charCodeAt(at)] ?? 0) & VALUE) !== 0) at++
    if (text.charCodeAt(at) !== CR || text.charCodeAt(at + 1) !== LF) return new HeadError(400, 'a header value has a forbidden character')
    if (at - lineStart > MAX_LINE) return lineTooLong(false)
    const lineEnd = at + 2
    if (visitor.knows(nameEnd - lineStart, text.charCodeAt(lineStart) | 32)) {
      const verdict = visitor.read(text.slice(lineStart, nameEnd).toLowerCase(), trimBlanks(text, valueStart, at))
      if (verdict instanceof HeadError) return verdict
      if (verdict === 'drop') {
        if (runStart < lineStart) kept += text.slice(runStart, lineStart)
        runStart = lineEnd
      }
    }
    at = lineEnd
  }
  if (at !== stop) return new HeadError(400, 'the head does not end with an empty line')
  return runStart < stop ? kept + text.slice(runStart, stop) : kept
}

function trimBlanks(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

/** Fields that a Connection field may not take away, whatever it names. */
const NEVER_NOMINATED = new Set(['host', 'content-length', 'transfer-encoding', 'close', 'keep-alive', 'upgrade', 'te', ''])

/** What a Connection field says. Source: RFC 9110, 7.6.1. */
export class ConnectionOptions {
  close = false
  keepAlive = false
  upgrade = false
  readonly nominated: string[] = []

  add(value: string): void {
    const lower = value.toLowerCase()
    if (lower === 'keep-alive') {
      this.keepAlive = true
      return
    }
    for (const part of lower.split(',')) {
      const option = part.trim()
      if (option === 'close') this.close = true
      else if (option === 'keep-alive') this.keepAlive = true
      else if (option === 'upgrade') this.upgrade = true
      else if (!NEVER_NOMINATED.has(option)) this.nominated.push(option)
    }
  }
}

/** Removes the lines of some fields from already checked ones. */
export function dropFields(fields: string, names: readonly string[]): string {
  return fields
    .split('\r\n')
    .filter((line) => !names.includes(line.slice(0, line.indexOf(':')).toLowerCase()))
    .join('\r\n')
}
