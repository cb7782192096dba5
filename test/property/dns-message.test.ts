import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Question, readQuestion, writeFailure, writeReply } from '../../runtime/edge/dns/message.ts'

const label = fc.uint8Array({ minLength: 1, maxLength: 63 })
const word = fc.integer({ min: 0, max: 0xffff })

function written(question: {
  readonly id: number
  readonly flags: number
  readonly labels: readonly Uint8Array[]
  readonly type: number
  readonly family: number
}): Buffer {
  const bytes = Buffer.alloc(12)
  for (const [index, value] of [question.id, question.flags & 0x0110, 1].entries()) bytes.writeUInt16BE(value, index * 2)
  const tail = Buffer.alloc(5)
  tail.writeUInt16BE(question.type, 1)
  tail.writeUInt16BE(question.family, 3)
  return Buffer.concat([bytes, ...question.labels.map((part) => Buffer.concat([Buffer.from([part.length]), part])), tail])
}

const questions = fc
  .record({ id: word, flags: word, labels: fc.array(label, { maxLength: 8 }), type: word, family: word })
  .filter(({ labels }) => labels.reduce((sum, part) => sum + part.length + 1, 1) <= 255)

const zone = { domain: 'cluster.local', serial: 4_294_967_297 }
const address = fc.ipV4()

function read(message: Buffer): Question {
  const question = readQuestion(message)
  if ('reply' in question) throw new Error('no question')
  return question
}

test('any bytes are a question, an error to send back, or nothing: never an exception', () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    // Questions with a few bytes changed, cut or added come closer to what a reader trips over.
    fc
      .tuple(questions, fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat(300))
      .map(([question, changes, length]) => {
        const bytes = Buffer.concat([written(question), Buffer.alloc(4)])
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        return bytes.subarray(0, length)
      }),
  )
  fc.assert(
    fc.property(anything, (bytes) => {
      const message = Buffer.from(bytes)
      const question = readQuestion(message)
      if (!('reply' in question)) {
        expect(question.bytes.length).toBeLessThanOrEqual(message.length - 12)
        expect(question.name.length).toBeLessThanOrEqual(2 * 255)
        return
      }
      expect(question.reply === undefined || question.reply.length === 12).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('a question is read as it was written, and its answers repeat it', () => {
  fc.assert(
    fc.property(questions, fc.array(address, { maxLength: 80 }), fc.constantFrom(512, 65_535), (parts, addresses, maxBytes) => {
      const message = written(parts)
      const question = read(message)
      expect([question.id, question.type, question.class]).toEqual([parts.id, parts.type, parts.family])
      expect(question.name).toBe(parts.labels.map((part) => Buffer.from(part).toString('latin1').replaceAll('.', '\\.')).join('.'))
      const reply = writeReply(question, { rcode: 0, addresses, ttl: 5, zone }, maxBytes)
      expect(addresses.length === 0 || reply.length <= maxBytes).toBe(true)
      expect(reply.subarray(12, 12 + question.bytes.length)).toEqual(message.subarray(12))
      expect(reply.readUInt16BE(0)).toBe(parts.id)
      const count = reply.readUInt16BE(6)
      expect(count === addresses.length).toBe((reply.readUInt16BE(2) & 0x0200) === 0)
      const records = Array.from({ length: count }, (_, index) =>
        reply.subarray(message.length + index * 16, message.length + index * 16 + 16),
      )
      expect(records.map((record) => [...record.subarray(12)].join('.'))).toEqual(addresses.slice(0, count))
      // What was written is an answer, which nobody answers.
      for (const sent of [reply, writeFailure(question, 2)]) expect(readQuestion(sent)).toEqual({ reply: undefined })
    }),
  )
})
