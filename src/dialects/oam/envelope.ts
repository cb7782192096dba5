import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { parseGoDuration } from '../../kernel/duration.ts'
import { unreachable } from '../../kernel/fault.ts'
import { didYouMean, nearestName } from '../../kernel/nearest.ts'
import type { Note } from '../../model/component.ts'
import { describeValue, isRecord, quoteHint, sayNames } from '../source/wording.ts'
import { ANNOTATION_LEDGER, FIELD_LEDGER, LABEL_LEDGER, type Treatment } from './ledger.ts'
import { nameFault } from './object-names.ts'
import type { ObjectShape, Shape } from './schema.ts'

/** What a check of an envelope found. */
export interface EnvelopeCheck {
  readonly diagnostics: readonly Diagnostic[]
  readonly notes: readonly Note[]
}

/** Checks a document against a shape: types, required fields, unknown fields; and reports fields by the ledger. */
export function checkEnvelope(shape: ObjectShape, value: unknown, origin: Origin): EnvelopeCheck {
  const check = new Check()
  check.value(shape, value, { origin, pattern: '', name: 'the document' })
  check.metadata(value, origin)
  return check
}

interface At {
  readonly origin: Origin
  readonly pattern: string
  /** As the reader calls it: `spec.components[2].name`. */
  readonly name: string
}

function inside(at: At, key: string): At {
  const join = (parent: string): string => (parent === '' || parent === 'the document' ? key : `${parent}.${key}`)
  return { origin: within(at.origin, key), pattern: join(at.pattern), name: join(at.name) }
}

class Check implements EnvelopeCheck {
  readonly diagnostics: Diagnostic[] = []
  readonly notes: Note[] = []

  value(shape: Shape, value: unknown, at: At): void {
    switch (shape.is) {
      case 'anything':
        break
      case 'text':
        if (typeof value === 'string') this.#text(shape, value, at)
        else this.#wrongType('text', value, at)
        break
      case 'map of text':
        if (isRecord(value)) this.#texts(value, at)
        else this.#wrongType('a map of texts', value, at)
        break
      case 'free map':
        if (!isRecord(value)) this.#wrongType('a map', value, at)
        break
      case 'list':
        if (Array.isArray(value)) this.#items(shape.of, value, at)
        else this.#wrongType('a list', value, at)
        break
      case 'object':
        if (isRecord(value)) this.#object(shape, value, at)
        else this.#wrongType(`a map with ${Object.keys(shape.fields).slice(0, 3).join(', ')}`, value, at)
        break
      default:
        unreachable(shape)
    }
  }

  /** Annotations and labels that change what KubeVela does. */
  metadata(value: unknown, origin: Origin): void {
    const metadata = isRecord(value) && isRecord(value['metadata']) ? value['metadata'] : {}
    for (const [field, ledger] of [
      ['annotations', ANNOTATION_LEDGER],
      ['labels', LABEL_LEDGER],
    ] as const) {
      for (const key of Object.keys(isRecord(metadata[field]) ? metadata[field] : {})) {
        if (ledger[key] !== undefined) this.#treat(ledger[key], key, within(origin, 'metadata', field, key))
      }
    }
  }

  #texts(value: Readonly<Record<string, unknown>>, at: At): void {
    for (const [key, entry] of Object.entries(value)) {
      if (typeof entry !== 'string') this.#wrongType('text', entry, inside(at, key))
    }
  }

  #items(shape: Shape, items: readonly unknown[], at: At): void {
    for (const [index, item] of items.entries()) {
      this.value(shape, item, { origin: within(at.origin, index), pattern: `${at.pattern}[]`, name: `${at.name}[${index}]` })
    }
  }

  #object(shape: ObjectShape, value: Readonly<Record<string, unknown>>, at: At): void {
    const known = Object.keys(shape.fields)
    const unknown = Object.keys(value).filter((key) => !known.includes(key))
    const misspelled = new Set<string>()
    for (const key of shape.required) {
      if (value[key] !== undefined && value[key] !== null) continue
      const written = unknown.find((candidate) => nearestName(candidate, [key]) === key)
      if (written === undefined) this.#missing(key, at)
      else {
        misspelled.add(written)
        this.#error(
          'MP1032',
          `"${written}" is not a field of ${at.name}, and "${key}" is missing`,
          inside(at, written),
          `did you mean "${key}"?`,
        )
      }
    }
    for (const key of unknown) if (!misspelled.has(key)) this.#unknown(key, known, at)
    for (const [key, field] of Object.entries(shape.fields)) {
      const entry = value[key]
      if (entry === undefined || entry === null) continue
      const place = inside(at, key)
      const treatment = FIELD_LEDGER[place.pattern]
      if (treatment !== undefined) this.#treat(treatment, place.name, place.origin)
      this.value(field, entry, place)
    }
  }

  #text(shape: Extract<Shape, { is: 'text' }>, value: string, at: At): void {
    if (value === '') {
      this.#error('MP1030', `${at.name} must not be empty`, at)
      return
    }
    if (shape.values !== undefined && !shape.values.includes(value)) {
      const hint = didYouMean(value, shape.values)
      this.#error('MP1038', `${at.name} must be ${sayNames(shape.values)}, found "${value}"`, at, hint)
    }
    if (shape.duration === true && parseGoDuration(value) === undefined) {
      this.#error('MP1037', `"${value}" is not a duration`, at, 'write for example 30s, 5m or 1h30m')
    }
    const fault = shape.name === undefined ? undefined : nameFault(value, shape.name)
    if (fault !== undefined) this.#error('MP1036', `"${value}" is not a valid name: ${fault.message}`, at, fault.hint)
  }

  #treat(treatment: Treatment, subject: string, origin: Origin): void {
    switch (treatment.is) {
      case 'mapped':
        return
      case 'ignored':
        if (treatment.note !== undefined) this.#say('MP1033', 'note', treatment.note, origin)
        return
      case 'approximated':
        this.#say('MP1034', 'note', treatment.note, origin)
        this.notes.push({ kind: 'approximated', subject, text: treatment.note, origin })
        return
      case 'refused':
        this.diagnostics.push({ code: 'MP1035', severity: 'error', message: treatment.note, origin, mark: 'key', hint: treatment.hint })
    }
  }

  #unknown(key: string, known: readonly string[], at: At): void {
    this.diagnostics.push({
      code: 'MP1032',
      severity: 'warning',
      message: `"${key}" is not a field of ${at.name} and has no effect`,
      origin: within(at.origin, key),
      mark: 'key',
      hint: didYouMean(key, known) ?? `known here: ${known.slice(0, 12).join(', ')}`,
    })
  }

  #missing(key: string, at: At): void {
    this.#error('MP1031', `"${key}" is missing in ${at.name}`, { ...at, origin: within(at.origin, key) })
  }

  #wrongType(expected: string, value: unknown, at: At): void {
    this.#error('MP1030', `${at.name} must be ${expected}, found ${describeValue(value)}`, at, quoteHint(expected, value))
  }

  #error(code: Diagnostic['code'], message: string, at: At, hint?: string): void {
    this.diagnostics.push({ code, severity: 'error', message, origin: at.origin, ...(hint === undefined ? {} : { hint }) })
  }

  #say(code: Diagnostic['code'], severity: Diagnostic['severity'], message: string, origin: Origin): void {
    this.diagnostics.push({ code, severity, message, origin, mark: 'key' })
  }
}
