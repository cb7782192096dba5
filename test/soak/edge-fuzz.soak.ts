import { expect, test } from '@jest/globals'
import { fuzz } from '../kit/http-fuzz/fuzz.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more messages, `MINIPAAS_SOAK_SEED` for others. */
const MESSAGES = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 1_000_000)
const SEED = Number(process.env['MINIPAAS_SOAK_SEED'] ?? 1)

test(`${MESSAGES} generated messages, seed ${SEED}`, async () => {
  const { messages, agreed, refused, findings } = await fuzz({ seed: SEED, messages: MESSAGES })
  process.stdout.write(`seed ${SEED}: ${messages} messages, ${agreed} requests read alike, ${refused} streams refused\n`)
  expect(findings).toEqual([])
})
