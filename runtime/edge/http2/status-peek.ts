import type { Frame } from './frame-walk.ts'
import { PADDED, PRIORITY } from './frames.ts'

/** First digits of the entries 8 to 14 of HPACK's static table: 200, 204, 206, 304, 400, 404, 500. Source: RFC 7541, appendix A. */
const STATIC = [2, 2, 2, 3, 4, 4, 5]
const FIRST_STATUS = 8

/**
 * The first digit of the `:status` with which a header block begins (RFC 9113, 8.3: pseudo fields come first); undefined when it
 * stands in the dynamic table, which is not followed here. Common statuses and each first use of another one are literal.
 */
export function peekStatusClass({ bytes, at, end, flags }: Frame): number | undefined {
  let index = at + ((flags & PADDED) === 0 ? 0 : 1) + ((flags & PRIORITY) === 0 ? 0 : 5)
  // Changes of the table's size may stand before the first field. Source: RFC 7541, 4.2.
  while (index < end && ((bytes[index] ?? 0) & 0xe0) === 0x20) {
    const long = ((bytes[index++] ?? 0) & 0x1f) === 0x1f
    if (long) while (index < end && ((bytes[index++] ?? 0) & 0x80) !== 0);
  }
  if (index >= end) return undefined
  const first = bytes[index] ?? 0
  if ((first & 0x80) !== 0) return STATIC[(first & 0x7f) - FIRST_STATUS]
  const name = (first & 0x40) === 0 ? first & 0x0f : first & 0x3f
  if (STATIC[name - FIRST_STATUS] === undefined || index + 2 >= end) return undefined
  const value = bytes[index + 2] ?? 0
  return ((bytes[index + 1] ?? 0) & 0x80) === 0 ? digit(value - 0x30) : digit(huffmanDigit(value))
}

/** The digit with which a Huffman code begins: 0 to 2 have five bits, the others six. Source: RFC 7541, appendix B. */
function huffmanDigit(byte: number): number {
  const five = byte >> 3
  return five <= 2 ? five : (byte >> 2) - 0x19 + 3
}

function digit(value: number): number | undefined {
  return value >= 1 && value <= 5 ? value : undefined
}
