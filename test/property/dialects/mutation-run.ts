import { type LoadResult, loadApplications } from '../../../src/dialects/index.ts'
import { definitions, memoryFiles } from '../../unit/dialects/memory-files.ts'
import { MutableModel, type Mutation, seededRandom } from './mutations.ts'

export function loadText(text: string): Promise<LoadResult> {
  const files = memoryFiles({ '/shop/app.yaml': text })
  const request = { files: [{ path: '/shop/app.yaml' }], directory: '/shop', envFiles: [], environment: {}, strict: false }
  return loadApplications(request, files, definitions)
}

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

/** What is wrong with the answers to so many mutations, each once. */
export async function faultsOf(texts: readonly string[], count: number, seed: number): Promise<string> {
  const random = seededRandom(seed)
  const models = texts.map((text) => new MutableModel(text))
  const faults: string[] = []
  for (let round = 0; round < count; round++) {
    const model = models[round % models.length]
    if (model === undefined) break
    const mutation = model.mutate(random)
    const found = fault(mutation, await loadText(mutation.text))
    if (found !== undefined) faults.push(`${mutation.kind} (${mutation.what}), lines ${mutation.from}-${mutation.to}: ${found}`)
  }
  return [...new Set(faults)].join('\n')
}
