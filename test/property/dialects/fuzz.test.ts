import { expect, test } from '@jest/globals'
import { type LoadResult, loadApplications } from '../../../src/dialects/index.ts'
import { definitions, memoryFiles } from '../../unit/dialects/memory-files.ts'
import { VALID_MODELS } from './fuzz-models.ts'
import { MutableModel, type Mutation, seededRandom } from './mutations.ts'

const FILES = 5000

function loadText(text: string): Promise<LoadResult> {
  const files = memoryFiles({ '/shop/app.yaml': text })
  const request = { files: [{ path: '/shop/app.yaml' }], directory: '/shop', envFiles: [], environment: {}, strict: false }
  return loadApplications(request, files, definitions)
}

test.each(VALID_MODELS.map((text, index) => [index, text] as const))('model %i is valid and says nothing', async (_, text) => {
  const result = await loadText(text)
  expect(result.shown.filter(({ severity }) => severity !== 'note')).toEqual([])
  expect(result.outcome.ok).toBe(true)
})

/** What is wrong with the answer to a mutation, or undefined. */
function fault(mutation: Mutation, result: LoadResult): string | undefined {
  const first = result.shown.find(({ severity }) => severity !== 'note')
  if (first === undefined) return mutation.mustComplain ? 'no diagnostic' : undefined
  const lines = [first, ...(first.related ?? [])].map(({ line }) => line)
  const inside = (line: number | undefined): boolean => line !== undefined && line >= mutation.from && line <= mutation.to
  const fits = mutation.mustComplain ? inside(first.line) : lines.some(inside)
  const { removed } = mutation
  const names = [...first.message.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? '')
  if (removed !== undefined && names.some((name) => removed.includes(name))) return undefined
  return fits ? undefined : `line ${first.line}: ${first.code} ${first.message}`
}

test(`${FILES} mutated models: no crash, and the first diagnostic names the place`, async () => {
  const random = seededRandom(20_26)
  const models = VALID_MODELS.map((text) => new MutableModel(text))
  const faults: string[] = []
  for (let count = 0; count < FILES; count++) {
    const model = models[count % models.length]
    if (model === undefined) break
    const mutation = model.mutate(random)
    const found = fault(mutation, await loadText(mutation.text))
    if (found !== undefined) faults.push(`${mutation.kind} (${mutation.what}), lines ${mutation.from}-${mutation.to}: ${found}`)
  }
  expect([...new Set(faults)].join('\n')).toBe('')
}, 120_000)
