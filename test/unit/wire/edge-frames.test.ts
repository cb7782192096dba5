import { describe, expect, test } from '@jest/globals'
import { FrameReader, writeFrame } from '../../../src/wire/edge-frames.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('frames', () => {
  test('are read whole, however they are cut, and empty lines are nothing', () => {
    const text = bytes(`\n${writeFrame({ a: 'ä' })}\n\n${writeFrame(2)}`)
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = new FrameReader<unknown>()
      expect([...reader.push(text.subarray(0, cut)), ...reader.push(text.subarray(cut))]).toEqual([{ a: 'ä' }, 2])
    }
  })

  test('that are broken end the channel', () => {
    expect(() => new FrameReader().push(bytes('{"a":\n'))).toThrow(SyntaxError)
  })

  test('that are broken are replaced where the stream outlives them, and the ones around them are read', () => {
    const seen: string[] = []
    const reader = new FrameReader<unknown>((line) => {
      seen.push(line)
      return line.endsWith('!') ? 'instead' : undefined
    })
    expect(reader.push(bytes('1\nhalf\n2\nhalf!\n3\n'))).toEqual([1, 2, 'instead', 3])
    expect(seen).toEqual(['half', 'half!'])
  })
})
