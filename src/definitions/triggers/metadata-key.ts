import { text } from '../schema.ts'

/** M: the trigger's metadata. A: a TriggerAuthentication. E: a variable of the container, named by `<key>FromEnv`. */
type Place = 'M' | 'A' | 'E'
/** Where a key may be given; the first place that has it wins. Source: KEDA, struct tags `order=` of each scaler. */
export type Places = 'M' | 'A' | 'ME' | 'MA' | 'AM' | 'AE' | 'EA' | 'MAE' | 'MEA' | 'AME' | 'AEM'

/** One key of a trigger. All values are text; numbers and flags are checked by their form. */
export interface MetadataKey {
  readonly places: Places
  readonly required: boolean
  readonly preset?: string
  readonly values?: readonly string[]
  readonly form?: { readonly regex: RegExp; readonly says: string }
  readonly examples: readonly string[]
}

interface Options {
  readonly places?: Places
  readonly required?: true
  readonly preset?: string
}

export function words(options: Options & { readonly examples?: readonly string[] } = {}): MetadataKey {
  return make(options, { examples: options.examples ?? [] })
}

export function decimalText(options: Options = {}): MetadataKey {
  const form = { regex: /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/, says: 'a number' }
  return make(options, { form, examples: ['3', '8'] })
}

export function wholeText(options: Options = {}): MetadataKey {
  return make(options, { form: { regex: /^[+-]?\d+$/, says: 'a whole number' }, examples: ['3', '8'] })
}

/** Source: Go, strconv.ParseBool. */
export function truth(preset: 'true' | 'false' = 'false', places: Places = 'M'): MetadataKey {
  const form = { regex: /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/, says: 'true or false' }
  return make({ preset, places }, { form, examples: ['true', preset === 'true' ? 'false' : 'true'] })
}

export function choice(values: readonly string[], options: Options = {}): MetadataKey {
  return make(options, { values, examples: values })
}

/** Milliseconds, or a duration of Go. Source: KEDA, pkg/scalers/scalersconfig/typed_config.go. */
export function durationText(options: Options = {}): MetadataKey {
  const form = { regex: /^(\d+|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$/, says: 'a duration such as 30s, or milliseconds' }
  return make(options, { form, examples: ['3s', '1500'] })
}

/** Parameters that only a TriggerAuthentication gives. */
export function authenticationOnly(...names: readonly string[]): Readonly<Record<string, MetadataKey>> {
  return Object.fromEntries(names.map((name) => [name, words({ places: 'A' })]))
}

function make(options: Options, shape: Omit<MetadataKey, 'places' | 'required' | 'preset'>): MetadataKey {
  const { places = 'M', required = false, preset } = options
  return { places, required, ...(preset === undefined ? {} : { preset }), ...shape }
}

export function placesOf(key: MetadataKey): readonly Place[] {
  return key.places.split('') as Place[]
}

/** The text schema of a value of the key. */
export function valueSchema({ values, form, examples }: MetadataKey) {
  const schema = text({ examples, ...(form === undefined ? {} : { pattern: form }) })
  return values === undefined || schema.node.kind !== 'text' ? schema : { ...schema, node: { ...schema.node, values } }
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|true)$/i.test(value)
}

/** The name under which a variable of the container is named for the key. */
export function fromEnv(key: string): string {
  return `${key}FromEnv`
}
