import type { ObjectNode, SchemaNode } from '../../../src/definitions/schema.ts'

type Path = readonly string[]

/** Keys whose values must be names of containers in the world of the test: the application's, and another one. */
const CONTAINER_KEYS: ReadonlySet<string> = new Set(['containerName', 'container'])

/** Parameters that are as small as the schema allows. */
function smallest(node: SchemaNode): unknown {
  switch (node.kind) {
    case 'text':
      return node.values?.[0] ?? node.examples[0] ?? 'sample'
    case 'number':
      return node.min ?? 1
    case 'flag':
      return false
    case 'anything':
      return 'sample'
    case 'nullable':
      return smallest(node.of)
    case 'list':
      return [smallest(node.item)]
    case 'map':
      return { sample: smallest(node.value) }
    case 'object':
      return smallestObject(node, undefined)
    case 'parts':
      return smallest(node.form)
    case 'variant': {
      const type = node.preset ?? Object.keys(node.cases)[0] ?? ''
      const chosen = node.cases[type]
      return { type, ...(chosen === undefined ? {} : smallestObject(chosen, undefined)) }
    }
    case 'any-of':
      return node.options[0] === undefined ? undefined : smallest(node.options[0])
  }
}

function smallestObject(node: ObjectNode, forced: string | undefined): Record<string, unknown> {
  const needed = node.rules.flatMap((rule) => (rule.rule === 'exactly-one' && !rule.of.includes(forced ?? '') ? [rule.of[0] ?? ''] : []))
  const keys = Object.entries(node.fields).filter(([key, field]) => field.required || needed.includes(key) || key === forced)
  const value = (key: string, node: SchemaNode) => (CONTAINER_KEYS.has(key) ? 'web' : smallest(node))
  return Object.fromEntries(keys.map(([key, field]) => [key, key === forced ? undefined : value(key, field.node)]))
}

/** A value that differs from the preset and from the smallest one. */
function telling(node: SchemaNode, key: string, presetValue: unknown): unknown {
  if (node.kind === 'text') {
    if (node.values !== undefined) return node.values.filter((value) => value !== presetValue).at(-1)
    return CONTAINER_KEYS.has(key) ? 'side' : (node.examples[1] ?? 'another')
  }
  if (node.kind === 'number') return Math.min((node.min ?? 0) + 7, node.max ?? Number.POSITIVE_INFINITY)
  if (node.kind === 'flag') return presetValue !== true
  if (node.kind === 'nullable') return telling(node.of, key, presetValue)
  if (node.kind === 'list' && node.item.kind === 'text') return [smallest(node.item), telling(node.item, key, undefined)]
  return smallest(node)
}

/** Two sets of parameters that differ only at the path: with a telling value, and without it (or with the smallest, where it is required). */
export function withAndWithout(root: SchemaNode, path: Path): { readonly with: unknown; readonly without: unknown } {
  return { with: place(root, path, 'telling'), without: place(root, path, 'absent') }
}

function place(node: SchemaNode, path: Path, mode: 'telling' | 'absent'): unknown {
  const [step, ...rest] = path
  if (step === undefined) return smallest(node)
  switch (node.kind) {
    case 'nullable':
      return place(node.of, path, mode)
    case 'list':
      return [place(node.item, rest, mode)]
    case 'map':
      return { sample: place(node.value, rest, mode) }
    case 'parts':
      return place(step === node.key ? named(node.listForm, node.key) : node.form, path, mode)
    case 'any-of': {
      const option = node.options.find((candidate) => candidate.kind === 'object' && step in candidate.fields)
      return option === undefined ? smallest(node) : place(option, path, mode)
    }
    case 'variant': {
      if (step === 'type') return mode === 'telling' ? smallestOfLast(node) : smallest(node)
      const found = Object.entries(node.cases).find(([, each]) => step in each.fields)
      return found === undefined ? smallest(node) : { type: found[0], ...(place(found[1], path, mode) as object) }
    }
    case 'object': {
      const field = node.fields[step]
      if (field === undefined) throw new Error(`no field ${step}`)
      const object = smallestObject(node, step)
      if (rest.length > 0) object[step] = place(field.node, rest, mode)
      else if (mode === 'telling') object[step] = telling(field.node, step, field.preset)
      else if (field.required) object[step] = CONTAINER_KEYS.has(step) ? 'web' : smallest(field.node)
      else delete object[step]
      return object
    }
    default:
      return smallest(node)
  }
}

function smallestOfLast(node: Extract<SchemaNode, { kind: 'variant' }>): unknown {
  const [type, each] = Object.entries(node.cases).at(-1) ?? []
  return { type, ...(each === undefined ? {} : smallestObject(each, undefined)) }
}

/** Entries of a list form must name their container. */
function named(node: SchemaNode, key: string): SchemaNode {
  if (node.kind !== 'object') return node
  const field = node.fields[key]
  if (field?.node.kind !== 'list' || field.node.item.kind !== 'object') return node
  const { containerName, ...others } = field.node.item.fields
  if (containerName === undefined) return node
  const item: SchemaNode = { ...field.node.item, fields: { containerName: { ...containerName, required: true }, ...others } }
  return { ...node, fields: { ...node.fields, [key]: { ...field, node: { kind: 'list', item } } } }
}
