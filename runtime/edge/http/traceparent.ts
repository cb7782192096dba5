/** `00-<trace id>-<parent id>-<flags>` in characters. */
const LENGTH = 55
const ID_START = 3
const ID_END = 35
const PARENT_START = 36
const PARENT_END = 52
const FLAGS_START = 53
const DASH = 45
const ZERO = 48

/**
 * The trace id of a `traceparent` field, undefined when the field is not valid. A later version than 00 may have more behind
 * the part that is known. Source: W3C Trace Context, level 1, 3.2 and 3.2.4.
 */
export function traceIdOf(value: string): string | undefined {
  if (value.length < LENGTH || value.charCodeAt(2) !== DASH || value.charCodeAt(ID_END) !== DASH || value.charCodeAt(PARENT_END) !== DASH) {
    return undefined
  }
  if (!isHex(value, 0, 2) || value.startsWith('ff')) return undefined
  if (value.length > LENGTH && (value.startsWith('00') || value.charCodeAt(LENGTH) !== DASH)) return undefined
  if (!isHex(value, ID_START, ID_END) || !isHex(value, PARENT_START, PARENT_END) || !isHex(value, FLAGS_START, LENGTH)) return undefined
  if (isZero(value, ID_START, ID_END) || isZero(value, PARENT_START, PARENT_END)) return undefined
  return value.slice(ID_START, ID_END)
}

/** The value of the field for a trace that begins here. */
export function traceparentOf(traceId: string): string {
  // `sampled`: what follows its parent, as the samplers of OpenTelemetry do unless told otherwise, would record nothing of it otherwise.
  return `00-${traceId}-${traceId.slice(16)}-01`
}

function isHex(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (!((code >= ZERO && code <= 57) || (code >= 97 && code <= 102))) return false
  }
  return true
}

function isZero(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) !== ZERO) return false
  return true
}
