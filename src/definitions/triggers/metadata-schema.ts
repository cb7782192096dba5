import { type FieldNode, optional, preset, required, type Schema, text } from '../schema.ts'
import { fromEnv, type MetadataKey, placesOf, valueSchema } from './metadata-key.ts'

/**
 * The shape of a trigger's metadata: a map of texts. What may also come from elsewhere is not required here; `...FromEnv` keys exist
 * where the container's environment is a place of the key.
 */
export function metadataSchema(keys: Readonly<Record<string, MetadataKey>>, open: boolean): Schema<Readonly<Record<string, string>>> {
  const declared: Record<string, FieldNode> = {}
  for (const [name, key] of Object.entries(keys)) {
    const places = placesOf(key)
    const value = valueSchema(key)
    if (places.includes('M')) declared[name] = fieldOf(key, value)
    if (places.includes('E')) declared[fromEnv(name)] = optional(VARIABLE)
  }
  return { node: { kind: 'object', fields: declared, open, rules: [] } }
}

const VARIABLE = text({
  pattern: { regex: /^[-._a-zA-Z][-._a-zA-Z0-9]*$/, says: 'the name of a variable' },
  examples: ['NAME', 'OTHER'],
})

function fieldOf(key: MetadataKey, value: Schema<string>): FieldNode {
  if (key.preset !== undefined) return preset(value, key.preset)
  return key.required && key.places === 'M' ? required(value) : optional(value)
}
