import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FrameWalk } from '../../runtime/edge/http2/frame-walk.ts'
import { goAway, PREFACE } from '../../runtime/edge/http2/frames.ts'

interface Sent {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Uint8Array
}

const frames = fc.array(
  fc.record({
    type: fc.oneof(fc.constantFrom(0, 1, 3, 4, 6, 7, 8), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 10, max: 255 })),
    flags: fc.integer({ min: 0, max: 255 }),
    stream: fc.integer({ min: 0, max: 0x7fff_ffff }),
    payload: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 2000 })),
  }),
  { maxLength: 20 },
)

function encode({ type, flags, stream, payload }: Sent): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  // The reserved bit is to be ignored. Source: RFC 9113, 4.1.
  head.writeUInt32BE((stream | 0x8000_0000) >>> 0, 5)
  return Buffer.concat([head, payload])
}

/** A HEADERS frame that is not the last of its block is followed by CONTINUATION frames. */
function complete(sent: readonly Sent[]): Sent[] {
  return sent.flatMap((frame) =>
    frame.type !== 1 || (frame.flags & 4) !== 0
      ? [frame]
      : [
          frame,
          { type: 9, flags: 0, stream: frame.stream, payload: frame.payload },
          { type: 9, flags: 4, stream: frame.stream, payload: new Uint8Array(3) },
        ],
  )
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const length = lengths.length === 0 ? bytes.length : (lengths[index % lengths.length] ?? 1)
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return chunks
}

const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 30 })

describe('a frame walk', () => {
  test.each(['client', 'server'] as const)('tells of the same frames however the bytes of a %s are cut', (side) => {
    fc.assert(
      fc.property(frames, cuts, (drawn, lengths) => {
        const sent = complete(drawn)
        const told: unknown[] = []
        const walk = new FrameWalk(side, ({ type, flags, stream, bytes, at, end }) => {
          told.push({ type, flags, stream, shown: bytes.toString('hex', at, end) })
        })
        const bytes = Buffer.concat([side === 'client' ? PREFACE : Buffer.alloc(0), ...sent.map(encode)])
        for (const chunk of cut(bytes, lengths)) expect(walk.walk(chunk, 0, chunk.length, 'end')).toBe(chunk.length)
        expect(walk.atBoundary).toBe(true)
        expect(told).toEqual(
          sent.map(({ type, flags, stream, payload }) => ({
            type,
            flags,
            stream,
            shown: type === 1 ? Buffer.from(payload.subarray(0, 16)).toString('hex') : '',
          })),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('stops only where a frame of our own may stand', () => {
    fc.assert(
      fc.property(frames, cuts, fc.nat(), (drawn, lengths, when) => {
        const sent = complete(drawn)
        const bytes = Buffer.concat(sent.map(encode))
        const chunks = cut(bytes, lengths)
        const walk = new FrameWalk('server', () => {})
        const out: Buffer[] = []
        let wanted = false
        let said = false
        const sayAtBoundary = (): void => {
          if (!wanted || said || !walk.atBoundary) return
          out.push(goAway(7))
          said = true
        }
        chunks.forEach((chunk, index) => {
          if (index === when % chunks.length) wanted = true
          sayAtBoundary()
          const at = walk.walk(chunk, 0, chunk.length, wanted && !said ? 'boundary' : 'end')
          out.push(chunk.subarray(0, at))
          sayAtBoundary()
          walk.walk(chunk, at, chunk.length, 'end')
          out.push(chunk.subarray(at))
        })
        const told: number[][] = []
        const reader = new FrameWalk('server', ({ type, flags, stream }) => told.push([type, flags, stream]))
        const all = Buffer.concat(out)
        reader.walk(all, 0, all.length, 'end')
        expect(reader.atBoundary).toBe(true)
        const index = said
          ? told.findIndex(([type, flags, stream], at) => type === 7 && flags === 0 && stream === 0 && fitsAfter(told, at))
          : -1
        if (said) expect(index).toBeGreaterThanOrEqual(0)
        expect(told.length).toBe(sent.length + (said ? 1 : 0))
        expect(said).toBe(chunks.length > 0)
      }),
      { numRuns: 300 },
    )
  })
})

/** Nothing may stand between the frames of a header block. */
function fitsAfter(told: readonly (readonly number[])[], at: number): boolean {
  const [type, flags] = told[at - 1] ?? [0, 0]
  return (type !== 1 && type !== 9) || ((flags ?? 0) & 4) !== 0
}
