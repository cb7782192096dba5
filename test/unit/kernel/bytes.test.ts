import { expect, test } from '@jest/globals'
import { formatBytes } from '../../../src/kernel/bytes.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1234, '1.2 kB'],
  [4_200_000, '4.2 MB'],
  [106_316_114, '106.3 MB'],
  [2e9, '2.0 GB'],
  [5e15, '5000.0 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})
