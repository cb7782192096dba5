import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { contradiction } from '../kit/http-fuzz/differences.ts'
import { BODIES, FIELDS, FRAMING, ODD_FIELDS, ODD_STARTS, STARTS } from '../kit/http-fuzz/parts.ts'
import { NodeReader, readByEdge } from '../kit/http-fuzz/readings.ts'

const ends = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r')
const field = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FIELDS) },
  { weight: 4, arbitrary: fc.constantFrom(...FRAMING) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_FIELDS) },
)
const start = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...STARTS) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_STARTS) })
const body = fc.constantFrom(...BODIES)
const message = fc
  .record({ start, fields: fc.array(fc.tuple(field, ends), { maxLength: 5 }), firstEnd: ends, lastEnd: ends, body })
  .map(
    (parts) =>
      `${parts.start}${parts.firstEnd}Host: h\r\n${parts.fields.map(([text, end]) => text + end).join('')}${parts.lastEnd}${parts.body}`,
  )

test('the edge and node:http read the same requests, except for what the edge is stricter about', async () => {
  const node = new NodeReader()
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
      const bytes = Buffer.from(messages.join(''), 'latin1')
      expect(contradiction(readByEdge(bytes), await node.read(bytes))).toBeUndefined()
    }),
    { numRuns: 3000 },
  )
}, 120_000)
