import { expect, test } from '@jest/globals'
import { fuzz } from '../kit/http-fuzz/fuzz.ts'

test('generated messages crash nothing and mean the same to the edge and to node:http (a short run of the soak edge-fuzz)', async () => {
  const { findings, agreed, refused } = await fuzz({ seed: 20, messages: 5000 })
  expect(findings).toEqual([])
  expect(agreed).toBeGreaterThan(500)
  expect(refused).toBeGreaterThan(500)
}, 120_000)
