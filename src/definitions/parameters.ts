import { type Diagnostic, type Origin, within } from '../kernel/diagnostic.ts'
import { unreachable } from '../kernel/fault.ts'
import { didYouMean } from '../kernel/nearest.ts'
import { conclude, type Outcome } from '../kernel/outcome.ts'
import { PendingInput, stand } from './pending-input.ts'
import { problem } from './problem.ts'
import type { Disposition, FieldNode, ObjectNode, Rule, Schema, SchemaNode } from './schema.ts'
import { isRecord, sayFound, sayList } from './wording.ts'

/** A parameter that was given although it does not do here what it does in a cluster. */
export interface ParameterNote {
  readonly path: readonly (string | number)[]
  readonly disposition: Exclude<Disposition, { kind: 'mapped' }>
  readonly origin: Origin
}

export interface Checked<T> {
  readonly value: T
  readonly notes: readonly ParameterNote[]
}

/**
 * Checks parameters against their declared shape and fills in presets. Wrong types and missing fields are errors at the
 * exact place, undeclared keys are warnings. Source: KubeVela ignores undeclared keys in silence.
 */
export function checkParameters<T>(schema: Schema<T>, raw: unknown, origin: Origin): Outcome<Checked<T>> {
  const check = new Check()
  const value = check.value(schema.node, raw === undefined || raw === null ? emptyFor(schema.node) : raw, { origin, path: [] })
  return conclude({ value: value as T, notes: check.notes }, check.diagnostics)
}

/** The same without the notes. */
export function parseParameters<T>(schema: Schema<T>, raw: unknown, origin: Origin): Outcome<T> {
  const outcome = checkParameters(schema, raw, origin)
  return outcome.ok ? { ok: true, value: outcome.value.value, diagnostics: outcome.diagnostics } : outcome
}

/** Absent parameters are an empty object, unless the shape is something else. */
function emptyFor(node: SchemaNode): unknown {
  return node.kind === 'list' ? [] : {}
}

interface Place {
  readonly origin: Origin
  readonly path: readonly (string | number)[]
}

function inside(place: Place, step: string | number): Place {
  return { origin: within(place.origin, step), path: [...place.path, step] }
}

class Check {
  readonly diagnostics: Diagnostic[] = []
  readonly notes: ParameterNote[] = []

  value(node: SchemaNode, raw: unknown, place: Place): unknown {
    if (raw instanceof PendingInput) return stand(node, raw)
    switch (node.kind) {
      case 'anything':
        return raw
      case 'nullable':
        return raw === null ? null : this.value(node.of, raw, place)
      case 'flag':
        return typeof raw === 'boolean' ? raw : this.wrongType('true or false', raw, place)
      case 'number':
        return this.number(node, raw, place)
      case 'text':
        return this.text(node, raw, place)
      case 'list':
        if (!Array.isArray(raw)) return this.wrongType('a list', raw, place)
        return raw.map((item, index) => this.value(node.item, item, inside(place, index)))
      case 'map':
        if (!isRecord(raw)) return this.wrongType('a map', raw, place)
        return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, this.value(node.value, item, inside(place, key))]))
      case 'object':
        return isRecord(raw) ? this.object(node, raw, place) : this.wrongType(sayObject(node), raw, place)
      case 'parts': {
        if (!isRecord(raw) || !Object.hasOwn(raw, node.key)) return { listed: false, entries: [this.value(node.form, raw, place)] }
        const listed = this.value(node.listForm, raw, place) as Readonly<Record<string, unknown>>
        return { listed: true, entries: listed[node.key] }
      }
      case 'variant':
        return this.variant(node, raw, place)
      case 'any-of': {
        const fitting = node.options.find((option) => fits(option, raw))
        if (fitting !== undefined) return this.value(fitting, raw, place)
        return this.wrongType(node.options.map((option) => sayExpected(option)).join(' or '), raw, place)
      }
      default:
        return unreachable(node)
    }
  }

  private number(node: Extract<SchemaNode, { kind: 'number' }>, raw: unknown, place: Place): unknown {
    if (typeof raw !== 'number' || (node.integer && !Number.isInteger(raw))) return this.wrongType(sayExpected(node), raw, place)
    const low = node.min !== undefined && raw < node.min
    const high = node.max !== undefined && raw > node.max
    if (low || high) {
      const limits = node.max === undefined ? `at least ${node.min}` : `from ${node.min} to ${node.max}`
      this.error('MP2105', `${sayPath(place)} must be ${limits}, found ${raw}`, place)
    }
    return raw
  }

  private text(node: Extract<SchemaNode, { kind: 'text' }>, raw: unknown, place: Place): unknown {
    if (typeof raw !== 'string') return this.wrongType(sayExpected(node), raw, place)
    if (node.values !== undefined && !node.values.includes(raw)) {
      this.error('MP2104', `${sayPath(place)} must be one of ${sayList(node.values)}, found "${raw}"`, place, didYouMean(raw, node.values))
    }
    if (node.pattern !== undefined && !node.pattern.regex.test(raw)) {
      this.error('MP2105', `${sayPath(place)} must be ${node.pattern.says}, found "${raw}"`, place)
    }
    return raw
  }

  private variant(node: Extract<SchemaNode, { kind: 'variant' }>, raw: unknown, place: Place): unknown {
    if (!isRecord(raw)) return this.wrongType('a map', raw, place)
    const types = Object.keys(node.cases)
    const chosen = raw.type ?? node.preset
    if (chosen === undefined) return this.missing('type', place)
    const found = typeof chosen === 'string' && Object.hasOwn(node.cases, chosen) ? node.cases[chosen] : undefined
    if (found === undefined) return this.value({ kind: 'text', values: types, examples: [] }, chosen, inside(place, 'type'))
    const { type: _, ...others } = raw
    return { type: chosen, ...this.object(found, others, place) }
  }

  private object(node: ObjectNode, raw: Readonly<Record<string, unknown>>, place: Place): Readonly<Record<string, unknown>> {
    const entries: [string, unknown][] = []
    for (const [key, field] of Object.entries(node.fields)) {
      const given = Object.hasOwn(raw, key) ? raw[key] : undefined
      if (given !== undefined) entries.push([key, this.field(field, given, inside(place, key))])
      else if (field.preset !== undefined) entries.push([key, field.preset])
      else if (field.required) this.missing(key, place)
    }
    for (const [key, given] of Object.entries(raw)) {
      if (Object.hasOwn(node.fields, key)) continue
      if (node.open) entries.push([key, given])
      else this.undeclared(key, Object.keys(node.fields), place)
    }
    for (const rule of node.rules) this.rule(rule, raw, place)
    return Object.fromEntries(entries)
  }

  private field(field: FieldNode, given: unknown, place: Place): unknown {
    if (field.disposition.kind !== 'mapped' && given !== field.preset) {
      this.notes.push({ path: place.path, disposition: field.disposition, origin: place.origin })
    }
    return this.value(field.node, given, place)
  }

  private rule(rule: Rule, raw: Readonly<Record<string, unknown>>, place: Place): void {
    const given = (key: string) => raw[key] !== undefined && raw[key] !== null
    switch (rule.rule) {
      case 'exactly-one': {
        const present = rule.of.filter(given)
        if (present.length === 0) this.error('MP2106', `${sayPath(place)} needs one of ${sayList(rule.of)}`, place)
        else this.exclusive(present, place)
        return
      }
      case 'at-most-one':
        this.exclusive(rule.of.filter(given), place)
        return
      case 'not-with':
        for (const other of rule.others) if (given(rule.key) && given(other)) this.exclusive([rule.key, other], place)
        return
      default:
        unreachable(rule)
    }
  }

  private exclusive(present: readonly string[], place: Place): void {
    const [first, second] = present
    if (first === undefined || second === undefined) return
    this.diagnostics.push(
      problem({
        code: 'MP2106',
        severity: 'error',
        message: `"${second}" cannot be given together with "${first}"`,
        origin: within(place.origin, second),
        mark: 'key',
        related: [{ message: `"${first}" is given here`, origin: within(place.origin, first) }],
      }),
    )
  }

  private undeclared(key: string, known: readonly string[], place: Place): void {
    this.diagnostics.push(
      problem({
        code: 'MP2103',
        severity: 'warning',
        message: `"${key}" is not a parameter${place.path.length === 0 ? '' : ` of ${sayPath(place)}`} and has no effect`,
        origin: within(place.origin, key),
        mark: 'key',
        hint: didYouMean(key, known) ?? (known.length === 0 ? 'there are no parameters here' : `known here: ${known.join(', ')}`),
      }),
    )
  }

  private missing(key: string, place: Place): undefined {
    const where = place.path.length === 0 ? '' : ` in ${sayPath(place)}`
    this.error('MP2102', `"${key}" is missing${where}`, place)
    return undefined
  }

  private wrongType(expected: string, raw: unknown, place: Place): undefined {
    this.error('MP2101', `${sayPath(place)} must be ${expected}, found ${sayFound(raw)}`, place, quoting(expected, raw))
    return undefined
  }

  private error(code: 'MP2101' | 'MP2102' | 'MP2104' | 'MP2105' | 'MP2106', message: string, place: Place, hint?: string): void {
    this.diagnostics.push(problem({ code, severity: 'error', message, origin: place.origin, hint }))
  }
}

function quoting(expected: string, raw: unknown): string | undefined {
  if (expected.startsWith('text') && (typeof raw === 'number' || typeof raw === 'boolean')) return `put it in quotes: "${raw}"`
  if (expected.includes('number') && typeof raw === 'string' && raw.trim() !== '' && Number.isFinite(Number(raw)))
    return 'remove the quotes'
  if (expected === 'true or false' && (raw === 'true' || raw === 'false')) return 'remove the quotes'
  if (expected === 'a list') return 'start each item on its own line with "- "'
  return undefined
}

function fits(node: SchemaNode, raw: unknown): boolean {
  if (node.kind === 'text') return typeof raw === 'string'
  if (node.kind === 'number') return typeof raw === 'number'
  if (node.kind === 'flag') return typeof raw === 'boolean'
  if (node.kind === 'list') return Array.isArray(raw)
  if (node.kind === 'anything') return true
  if (node.kind === 'object') return isRecord(raw) && Object.entries(node.fields).every(([key, field]) => !field.required || key in raw)
  return isRecord(raw)
}

function sayExpected(node: SchemaNode): string {
  if (node.kind === 'text') return node.values === undefined ? 'text' : `text (one of ${sayList(node.values)})`
  if (node.kind === 'number') return node.integer ? 'a whole number' : 'a number'
  if (node.kind === 'flag') return 'true or false'
  if (node.kind === 'list') return 'a list'
  if (node.kind === 'object') return sayObject(node)
  return 'a map'
}

function sayObject(node: ObjectNode): string {
  const keys = Object.keys(node.fields)
  return keys.length === 0 ? 'a map' : `a map with ${keys.slice(0, 4).join(', ')}${keys.length > 4 ? ', ...' : ''}`
}

function sayPath(place: Place): string {
  if (place.path.length === 0) return 'the parameters'
  return `"${place.path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')}"`
}
