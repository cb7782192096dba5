import { expect, test } from '@jest/globals'
import { SCALING_MODEL, VALID_MODELS } from './fuzz-models.ts'
import { faultsOf, loadText } from './mutation-run.ts'

const FILES = 5000
const SCALING_FILES = 1500

test.each([...VALID_MODELS, SCALING_MODEL].map((text, index) => [index, text] as const))(
  'model %i is valid and says nothing',
  async (_, text) => {
    const result = await loadText(text)
    expect(result.shown.filter(({ severity }) => severity !== 'note')).toEqual([])
    expect(result.outcome.ok).toBe(true)
  },
)

test(`${FILES} mutated models: no crash, and the first diagnostic names the place`, async () => {
  expect(await faultsOf(VALID_MODELS, FILES, 20_26)).toBe('')
}, 120_000)

test(`${SCALING_FILES} mutated models with scaling documents, in the same way`, async () => {
  expect(await faultsOf([SCALING_MODEL], SCALING_FILES, 20_26)).toBe('')
}, 120_000)
