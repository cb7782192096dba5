import { unreachable } from '../kernel/fault.ts'
import type { SchemaNode } from './schema.ts'

/** Stands where an input will be put once another component has its output; every shape accepts it. */
export class PendingInput {
  readonly from: string

  constructor(from: string) {
    this.from = from
  }
}

/** The simplest value that fits a shape, so that a component can be checked and shown before its inputs are known. */
export function stand(node: SchemaNode, input: PendingInput): unknown {
  switch (node.kind) {
    case 'anything':
      return `‹input ${input.from}›`
    case 'text':
      return node.values?.[0] ?? node.examples[0] ?? `‹input ${input.from}›`
    case 'number':
      return node.min ?? 1
    case 'flag':
      return false
    case 'nullable':
      return null
    case 'list':
      return []
    case 'map':
      return {}
    case 'object':
      return Object.fromEntries(
        Object.entries(node.fields)
          .filter(([, field]) => field.required || field.preset !== undefined)
          .map(([key, field]) => [key, field.preset ?? stand(field.node, input)]),
      )
    case 'parts':
      return { listed: false, entries: [stand(node.form, input)] }
    case 'variant': {
      const type = node.preset ?? Object.keys(node.cases)[0] ?? ''
      const chosen = node.cases[type]
      return { type, ...(chosen === undefined ? {} : (stand(chosen, input) as object)) }
    }
    case 'any-of':
      return node.options[0] === undefined ? undefined : stand(node.options[0], input)
    default:
      return unreachable(node)
  }
}
