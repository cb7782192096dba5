/** Frame types and flags that matter for following calls. Source: RFC 9113, 6. */
export const DATA = 0
export const HEADERS = 1
export const RST_STREAM = 3
export const SETTINGS = 4
export const END_STREAM = 0x1
export const END_HEADERS = 0x4
export const PADDED = 0x8
export const PRIORITY = 0x20

export const FRAME_HEADER = 9

/** The first bytes of a client that speaks HTTP/2 without asking. Source: RFC 9113, 3.4. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** The highest stream identifier: "no stream is refused so far". */
export const ANY_STREAM = 0x7fff_ffff

/** A GOAWAY frame without an error: streams above `lastStream` were not and will not be processed. Source: RFC 9113, 6.8. */
export function goAway(lastStream: number): Buffer {
  const frame = Buffer.alloc(FRAME_HEADER + 8)
  frame.writeUIntBE(8, 0, 3)
  frame[3] = 7
  frame.writeUInt32BE(lastStream, FRAME_HEADER)
  return frame
}
