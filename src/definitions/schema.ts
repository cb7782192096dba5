import type { Note } from '../model/component.ts'

/** What minipaas does with a parameter that is given. */
export type Disposition =
  | { readonly kind: 'mapped' }
  /** Accepted, but it behaves differently here or not at all; a note says so. */
  | { readonly kind: 'noted'; readonly as: Note['kind']; readonly text: string }
  /** Has no effect, and would have none in a cluster either; a note says so. */
  | { readonly kind: 'ignored'; readonly text: string }

export interface FieldNode {
  readonly node: SchemaNode
  readonly required: boolean
  readonly preset?: unknown
  readonly disposition: Disposition
}

export interface ObjectNode {
  readonly kind: 'object'
  readonly fields: Readonly<Record<string, FieldNode>>
  /** Undeclared keys are accepted and kept as they are. */
  readonly open: boolean
  readonly rules: readonly Rule[]
}

/** What must hold between the fields of one object. */
export type Rule =
  | { readonly rule: 'exactly-one'; readonly of: readonly string[] }
  | { readonly rule: 'at-most-one'; readonly of: readonly string[] }
  | { readonly rule: 'not-with'; readonly key: string; readonly others: readonly string[] }

export type SchemaNode =
  | {
      readonly kind: 'text'
      readonly values?: readonly string[]
      readonly pattern?: { readonly regex: RegExp; readonly says: string }
      readonly examples: readonly string[]
    }
  | { readonly kind: 'number'; readonly integer: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'anything' }
  | { readonly kind: 'nullable'; readonly of: SchemaNode }
  | { readonly kind: 'list'; readonly item: SchemaNode }
  | { readonly kind: 'map'; readonly value: SchemaNode }
  | ObjectNode
  /** One object, or a list of such objects below a key; yields `Parts`. */
  | { readonly kind: 'parts'; readonly key: string; readonly form: SchemaNode; readonly listForm: SchemaNode }
  /** An object whose other fields depend on the text at `type`. */
  | { readonly kind: 'variant'; readonly preset?: string; readonly cases: Readonly<Record<string, ObjectNode>> }
  /** Alternatives of different shapes; the first whose shape fits is checked. */
  | { readonly kind: 'any-of'; readonly options: readonly SchemaNode[] }

/** A declared shape of parameters; `T` is what a successful check yields. */
export interface Schema<T> {
  readonly node: SchemaNode
  /** Never set: carries the type. */
  readonly yields?: T
}

/** What a successful check of the schema yields. */
export type YieldOf<S> = S extends Schema<infer T> ? T : never

/** A field of an object; `Given` says whether a checked object always has it. */
export interface Field<T, Given extends 'always' | 'maybe'> extends FieldNode {
  readonly given?: Given
  readonly yields?: T
}

type Fields = Readonly<Record<string, Field<unknown, 'always' | 'maybe'>>>
type Yield<F> = F extends { readonly yields?: infer T } ? Exclude<T, undefined> : never
type AlwaysKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, 'always'> ? K : never }[keyof F]
export type ObjectOf<F extends Fields> = { readonly [K in AlwaysKeys<F>]: Yield<F[K]> } & {
  readonly [K in Exclude<keyof F, AlwaysKeys<F>>]?: Yield<F[K]>
}

const mapped: Disposition = { kind: 'mapped' }

/** The parameter behaves differently here. */
export function approximated(text: string): Disposition {
  return { kind: 'noted', as: 'approximated', text }
}

/** The parameter is accepted and nothing happens here. */
export function notSimulated(text: string): Disposition {
  return { kind: 'noted', as: 'not-simulated', text }
}

/** The parameter has no effect anywhere. */
export function ineffective(text: string): Disposition {
  return { kind: 'ignored', text }
}

export function text(
  options: { readonly pattern?: { readonly regex: RegExp; readonly says: string }; readonly examples?: readonly string[] } = {},
): Schema<string> {
  return {
    node: { kind: 'text', examples: options.examples ?? [], ...(options.pattern === undefined ? {} : { pattern: options.pattern }) },
  }
}

export function oneOf<const V extends string>(...values: readonly V[]): Schema<V> {
  return { node: { kind: 'text', values, examples: [] } }
}

export function integer(limits: { readonly min?: number; readonly max?: number } = {}): Schema<number> {
  return { node: { kind: 'number', integer: true, ...limits } }
}

export function decimal(limits: { readonly min?: number } = {}): Schema<number> {
  return { node: { kind: 'number', integer: false, ...limits } }
}

export function portNumber(): Schema<number> {
  return integer({ min: 1, max: 65_535 })
}

export function flag(): Schema<boolean> {
  return { node: { kind: 'flag' } }
}

/** Any value, kept as it is. */
export function anything(): Schema<unknown> {
  return { node: { kind: 'anything' } }
}

export function list<T>(item: Schema<T>): Schema<readonly T[]> {
  return { node: { kind: 'list', item: item.node } }
}

export function map<T>(value: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return { node: { kind: 'map', value: value.node } }
}

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return { node: { kind: 'nullable', of: schema.node } }
}

export function anyOf<A, B>(first: Schema<A>, second: Schema<B>): Schema<A | B> {
  return { node: { kind: 'any-of', options: [first.node, second.node] } }
}

export function required<T>(schema: Schema<T>, disposition: Disposition = mapped): Field<T, 'always'> {
  return { node: schema.node, required: true, disposition }
}

export function optional<T>(schema: Schema<T>, disposition: Disposition = mapped): Field<T, 'maybe'> {
  return { node: schema.node, required: false, disposition }
}

/** An optional field that has a value when none is given. */
export function preset<T>(schema: Schema<T>, value: NoInfer<T>, disposition: Disposition = mapped): Field<T, 'always'> {
  return { node: schema.node, required: false, preset: value, disposition }
}

export function fields<F extends Fields>(declared: F, ...rules: readonly Rule[]): Schema<ObjectOf<F>> {
  return { node: { kind: 'object', fields: declared, open: false, rules } }
}

/** Like `fields`, but undeclared keys are accepted without a warning. */
export function openFields<F extends Fields>(declared: F, ...rules: readonly Rule[]): Schema<ObjectOf<F>> {
  return { node: { kind: 'object', fields: declared, open: true, rules } }
}

/** What a schema with two forms yields: the entries, and whether they were written as a list. */
export interface Parts<T> {
  readonly listed: boolean
  readonly entries: readonly T[]
}

/** A flat object, or a list of such objects below `key` (KubeVela: `containers[]` of most container traits). */
export function parts<T>(key: string, form: Schema<T>): Schema<Parts<T>> {
  return { node: { kind: 'parts', key, form: form.node, listForm: fields({ [key]: required(list(form)) }).node } }
}

/** An object whose shape is chosen by the text at `type`. */
export function variant<C extends Readonly<Record<string, Fields>>>(
  cases: C,
  presetType?: Extract<keyof C, string>,
): Schema<{ readonly [K in keyof C]: ObjectOf<C[K]> & { readonly type: K } }[keyof C]> {
  const nodes = Object.entries(cases).map(([name, declared]): [string, ObjectNode] => [
    name,
    { kind: 'object', fields: declared, open: false, rules: [] },
  ])
  return { node: { kind: 'variant', cases: Object.fromEntries(nodes), ...(presetType === undefined ? {} : { preset: presetType }) } }
}
