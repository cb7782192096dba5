import { unreachable } from '../kernel/fault.ts'
import type { AnyDefinition } from './definition.ts'
import type { Disposition, FieldNode, ObjectNode, SchemaNode } from './schema.ts'

/** One parameter a definition accepts. */
export interface ParameterDescription {
  /** `ports.*.name`: keys below the parameters, `*` for any index or key. */
  readonly path: string
  /** Must be given where the map around it is. */
  readonly required: boolean
  readonly preset?: unknown
  /** `text`, `number`, ... or the allowed values. */
  readonly accepts: string
  readonly disposition: Disposition
}

/** Every parameter a definition accepts, in the order of its declaration; nothing for types that only take free maps. */
export function describe(definition: AnyDefinition): readonly ParameterDescription[] {
  return describeNode(definition.parameters.node, [])
}

function describeNode(node: SchemaNode, path: readonly string[]): readonly ParameterDescription[] {
  switch (node.kind) {
    case 'text':
    case 'number':
    case 'flag':
    case 'anything':
      return []
    case 'nullable':
      return describeNode(node.of, path)
    case 'list':
      return describeNode(node.item, [...path, '*'])
    case 'map':
      return describeNode(node.value, [...path, '*'])
    case 'object':
      return describeObject(node, path)
    case 'parts':
      return [...describeNode(node.form, path), ...describeNode(node.listForm, path)]
    case 'variant':
      return [
        {
          path: [...path, 'type'].join('.'),
          required: node.preset === undefined,
          ...(node.preset === undefined ? {} : { preset: node.preset }),
          accepts: Object.keys(node.cases).join(' | '),
          disposition: { kind: 'mapped' },
        },
        ...unique(Object.values(node.cases).flatMap((each) => describeObject(each, path))),
      ]
    case 'any-of':
      return node.options.flatMap((option) => describeNode(option, path))
    default:
      return unreachable(node)
  }
}

function describeObject(node: ObjectNode, path: readonly string[]): readonly ParameterDescription[] {
  return Object.entries(node.fields).flatMap(([key, field]) => [
    describeField(field, [...path, key]),
    ...describeNode(field.node, [...path, key]),
  ])
}

function describeField(field: FieldNode, path: readonly string[]): ParameterDescription {
  return {
    path: path.join('.'),
    required: field.required,
    ...(field.preset === undefined ? {} : { preset: field.preset }),
    accepts: sayAccepts(field.node),
    disposition: field.disposition,
  }
}

function sayAccepts(node: SchemaNode): string {
  switch (node.kind) {
    case 'text':
      return node.values === undefined ? 'text' : node.values.map((value) => (value === '' ? '""' : value)).join(' | ')
    case 'number':
      return node.integer ? 'whole number' : 'number'
    case 'flag':
      return 'true | false'
    case 'anything':
      return 'anything'
    case 'nullable':
      return `${sayAccepts(node.of)} | null`
    case 'list':
      return `list of ${sayAccepts(node.item)}`
    case 'map':
      return `map of ${sayAccepts(node.value)}`
    case 'any-of':
      return node.options.map((option) => sayAccepts(option)).join(' | ')
    case 'object':
    case 'parts':
    case 'variant':
      return 'map'
    default:
      return unreachable(node)
  }
}

function unique(parameters: readonly ParameterDescription[]): readonly ParameterDescription[] {
  return [...new Map(parameters.map((parameter) => [parameter.path, parameter])).values()]
}
