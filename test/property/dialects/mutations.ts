import { isMap, isScalar, isSeq, LineCounter, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml'

/** A changed model and where its first diagnostic must point. */
export interface Mutation {
  readonly kind: 'unknown key' | 'unknown type' | 'wrong type' | 'broken reference' | 'syntax damage' | 'deletion'
  readonly text: string
  /** Lines of the changed text. */
  readonly from: number
  readonly to: number
  /** A diagnostic must come. */
  readonly mustComplain: boolean
  readonly what: string
  /** Text that is gone: what still refers to something in it may complain instead. */
  readonly removed?: string
}

/** Numbers from 0 to below 1, the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Entry {
  readonly path: readonly string[]
  readonly pair: Pair
  readonly map: YAMLMap
  readonly keyLine: number
  readonly endLine: number
  /** Lines of the map that holds the entry, with the line of its own key. */
  readonly parent: readonly [number, number]
  readonly start: number
  readonly end: number
}

/** Maps whose keys are the user's own. */
const FREE = new Set(['labels', 'annotations', 'data', 'stringData', 'http', 'selector', 'env'])

/** A model text with the entries of its maps. */
export class MutableModel {
  readonly text: string
  readonly lines: readonly string[]
  readonly entries: Entry[] = []
  readonly #counter = new LineCounter()

  constructor(text: string) {
    this.text = text
    this.lines = text.split('\n')
    for (const document of parseAllDocuments(text, { lineCounter: this.#counter })) {
      if ('contents' in document) this.#visit(document.contents, [], [1, this.lines.length])
    }
  }

  mutate(random: () => number): Mutation {
    const kinds = [insertKey, changeType, wrongType, breakReference, damageSyntax, deleteEntry]
    for (;;) {
      const mutation = pick(kinds, random)(this, random)
      if (mutation !== undefined && mutation.text !== this.text) return mutation
    }
  }

  line(offset: number): number {
    return this.#counter.linePos(offset).line
  }

  #visit(node: unknown, path: readonly string[], parent: readonly [number, number]): void {
    if (isSeq(node)) for (const item of node.items) this.#visit(item, [...path, '*'], parent)
    if (!isMap(node)) return
    const range = node.range ?? [0, 0, 0]
    // The line above the first entry holds the key of the map (or the item's own start).
    const own: readonly [number, number] = [Math.max(1, this.line(range[0]) - 1), this.line(Math.max(0, range[1] - 1))]
    // What empties a map concerns the map around it.
    const around = node.items.length > 1 ? own : parent
    for (const pair of node.items) {
      const key = pair.key as Scalar
      const name = String(key.value)
      const value = pair.value as { range?: [number, number, number] } | null
      const start = key.range?.[0] ?? 0
      const end = value?.range?.[1] ?? key.range?.[1] ?? 0
      this.entries.push({
        path: [...path, name],
        pair,
        map: node,
        keyLine: this.line(start),
        endLine: this.line(Math.max(start, end - 1)),
        parent: around,
        start,
        end,
      })
      this.#visit(pair.value, [...path, name], around)
    }
  }
}

type Mutator = (model: MutableModel, random: () => number) => Mutation | undefined

function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

function free(path: readonly string[]): boolean {
  return path.some((step, index) => FREE.has(step) && path[index + 1] !== '*' && index < path.length)
}

const insertKey: Mutator = (model, random) => {
  const candidates = model.entries.filter(({ path, map }) => map.flow !== true && !free(path.slice(0, -1)) && !inLabels(model, path))
  const { keyLine, start, path } = pick(candidates, random)
  const line = model.lines[keyLine - 1] ?? ''
  const column = start - model.text.lastIndexOf('\n', start - 1) - 1
  const name = pick(['zzqq', 'unknownField', 'propertys', 'x-extra'], random)
  const value = pick(['1', 'text', '[a, b]', '{a: 1}', 'true'], random)
  const lines = [...model.lines]
  // After a one-line entry, or as the first entry of its item.
  const inserted = `${' '.repeat(column)}${name}: ${value}`
  if (line.slice(0, column).includes('-')) {
    lines[keyLine - 1] = `${line.slice(0, column)}${name}: ${value}`
    lines.splice(keyLine, 0, ' '.repeat(column) + line.slice(column))
  } else lines.splice(keyLine - 1, 0, inserted)
  return {
    kind: 'unknown key',
    text: lines.join('\n'),
    from: keyLine,
    to: keyLine,
    mustComplain: true,
    what: `${name} before ${path.join('.')}`,
  }
}

/** Properties of the traits labels and annotations are the user's own. */
function inLabels(model: MutableModel, path: readonly string[]): boolean {
  const owner = path.lastIndexOf('traits')
  return (
    owner >= 0 &&
    path[owner + 2] === 'properties' &&
    path.length === owner + 4 &&
    ['tier'].includes(path.at(-1) ?? '') &&
    model.text.length > 0
  )
}

function replaceValue(model: MutableModel, { pair }: Entry, value: string): string | undefined {
  const range = (pair.value as { range?: [number, number, number] } | null)?.range
  if (range === undefined) return undefined
  return model.text.slice(0, range[0]) + value + model.text.slice(range[1])
}

const changeType: Mutator = (model, random) => {
  const entry = pick(
    model.entries.filter(({ path }) => path.at(-1) === 'type' && !path.includes('metadata')),
    random,
  )
  const text = replaceValue(model, entry, pick(['zzqq', 'webservices', 'no-such-type', 'Scaler9'], random))
  return text === undefined ? undefined : at('unknown type', text, entry)
}

function at(kind: Mutation['kind'], text: string, { keyLine, path }: Entry): Mutation {
  return { kind, text, from: keyLine, to: keyLine, mustComplain: true, what: path.join('.') }
}

/** What an input will replace is not checked. */
function isInput(model: MutableModel, path: readonly string[]): boolean {
  return model.text.includes('parameterKey: env[0].value') && path.slice(-3).join('.') === 'env.*.value'
}

const wrongType: Mutator = (model, random) => {
  const entry = pick(
    model.entries.filter(
      ({ pair, path }) => isScalar(pair.value) && !(path.includes('traits') && path.includes('data')) && !isInput(model, path),
    ),
    random,
  )
  const value = (entry.pair.value as Scalar).value
  const wrong =
    typeof value === 'string'
      ? ['{a: 1}', '[1, 2]', '12', 'true']
      : typeof value === 'number'
        ? ['{a: 1}', '[1]', 'many', 'true']
        : ['{a: 1}', '[1]', '5']
  const text = replaceValue(model, entry, pick(wrong, random))
  return text === undefined ? undefined : at('wrong type', text, entry)
}

const breakReference: Mutator = (model, random) => {
  const scalars: [number, number][] = []
  for (const { path, pair } of model.entries) {
    const last = path.at(-1) ?? ''
    const parent = path.at(-2) ?? ''
    const list = last === 'dependsOn' || (last === 'policies' && isSeq(pair.value) && path.includes('steps'))
    if (list && isSeq(pair.value))
      for (const item of pair.value.items) if (isScalar(item) && item.range) scalars.push([item.range[0], item.range[1]])
    const single =
      ((parent === 'secretKeyRef' || parent === 'configMapKeyRef') && (last === 'name' || last === 'key')) ||
      (last === 'from' && path.includes('inputs')) ||
      (last === 'component' && path.includes('properties')) ||
      last === 'app.oam.dev/component'
    if (single && isScalar(pair.value) && pair.value.range) scalars.push([pair.value.range[0], pair.value.range[1]])
  }
  if (scalars.length === 0) return undefined
  const [start, end] = pick(scalars, random)
  const text = model.text.slice(0, start) + pick(['zz-nowhere', 'databse2', 'q'], random) + model.text.slice(end)
  const line = model.line(start)
  return { kind: 'broken reference', text, from: line, to: line, mustComplain: true, what: model.lines[line - 1] ?? '' }
}

const damageSyntax: Mutator = (model, random) => {
  const entry = pick(model.entries, random)
  const index = entry.keyLine - 1
  const line = model.lines[index] ?? ''
  const damages: ((text: string) => string)[] = [
    (text) => text.replace(':', ''),
    (text) => `\t${text}`,
    (text) => ` ${text}`,
    (text) => text.replace(/^ /, ''),
    (text) => text.replace(/: (.*)$/, ': "$1'),
    (text) => text.replace(/: (.*)$/, ': [$1'),
    (text) => text.replace(/: (.*)$/, ': {$1'),
    (text) => text.replace(/: (.*)$/, ': $1: more'),
    (text) => text.replace(/: (.*)$/, ': &'),
    (text) => text.replace(/: (.*)$/, ': *nowhere'),
    (text) => text.replace(/: (.*)$/, ': @at'),
    (text) => `${text} }`,
    (text) => text.replace(/[\]}"]/, ''),
    (text) => text.replace(/- /, '-'),
  ]
  const lines = [...model.lines]
  lines[index] = pick(damages, random)(line)
  const [from, to] = entry.parent
  return {
    kind: 'syntax damage',
    text: lines.join('\n'),
    from,
    to: Math.max(to, entry.keyLine + 1),
    mustComplain: false,
    what: `${line} -> ${lines[index]}`,
  }
}

const deleteEntry: Mutator = (model, random) => {
  const entry = pick(
    model.entries.filter(({ map }) => map.flow !== true),
    random,
  )
  const lines = [...model.lines]
  const first = lines[entry.keyLine - 1] ?? ''
  const column = entry.start - model.text.lastIndexOf('\n', entry.start - 1) - 1
  const count = entry.endLine - entry.keyLine + 1
  // The dash of a list item stays with the next entry.
  const dash = first.slice(0, column)
  const removed = lines.splice(entry.keyLine - 1, count).join('\n')
  const next = lines[entry.keyLine - 1]
  if (dash.includes('-') && next?.startsWith(' '.repeat(column)) === true) lines[entry.keyLine - 1] = dash + next.slice(column)
  const [from, to] = entry.parent
  return {
    kind: 'deletion',
    text: lines.join('\n'),
    from,
    to: Math.max(from, to - count + 1),
    mustComplain: false,
    what: entry.path.join('.'),
    removed,
  }
}
