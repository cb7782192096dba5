/** Bit 1: may be in a token (RFC 9110, 5.6.2); bit 2: may be in a field value (RFC 9110, 5.5); bit 4: may be in a request target. */
export const TOKEN = 1
export const VALUE = 2
export const TARGET = 4

export const CHARACTERS: Uint8Array = buildTable()

function buildTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (let code = 0; code < 256; code++) {
    let bits = 0
    if (/[A-Za-z0-9!#$%&'*+\-.^_`|~]/.test(String.fromCharCode(code))) bits |= TOKEN
    if (code === 9 || (code >= 32 && code !== 127)) bits |= VALUE
    if (code > 32 && code !== 127) bits |= TARGET
    table[code] = bits
  }
  return table
}

export const CR = 13
export const LF = 10
export const SPACE = 32
export const TAB = 9
export const COLON = 58

/** RFC 9110, 8.6: digits only. Undefined for anything else, and for numbers that cannot be counted exactly. */
export function parseLength(text: string): number | undefined {
  if (text.length === 0 || text.length > 15) return undefined
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 48 || code > 57) return undefined
  }
  return Number(text)
}
