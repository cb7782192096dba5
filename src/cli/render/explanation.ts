import type { Instant } from '../../kernel/instant.ts'
import type { ExplainView } from '../../wire/views.ts'
import { placeOf } from './diagnostics.ts'
import { describeHold } from './holds.ts'
import type { Paint } from './paint.ts'

type Path = readonly (string | number)[]

export interface Explanation {
  readonly view: ExplainView
  /** Only what lies below; empty means all. */
  readonly path: Path
  readonly paint: Paint
  readonly now: Instant
}

/** One line per value, then rewrites, notes and holds. */
export function renderExplanation({ view, path, paint, now }: Explanation): string {
  const leaves = leavesOf(valueAt(view.resolved, path), path)
  const texts = leaves.map(({ path: at, value }) => `${printPath(at)}: ${printValue(value)}`)
  const room = Math.min(60, Math.max(0, ...texts.map((text) => text.length)))
  const lines = leaves.map(({ path: at }, index) => {
    const source = sourceOf(view, at)
    const text = texts[index] ?? ''
    return source === undefined ? `${text}\n` : `${text.padEnd(room)}  ${paint.dim(`<- ${source}`)}\n`
  })
  if (path.length > 0) return lines.join('')
  const rewrites = view.rewrites.map(({ container, name, from, to }) => `  ${container}: ${name}: ${from} -> ${to}\n`)
  const services = view.services.map(({ name, address, ports }) => `  ${name}: ${address}, port ${ports.join(', ')}\n`)
  const notes = view.notes.map((note) => `  ${note.subject}: ${note.kind.replace('-', ' ')}: ${note.text}\n`)
  const holds = view.holds.map((hold) => `  ${hold.subject}: ${describeHold(hold, now)}\n`)
  return [
    `${paint.bold(view.component)}\n`,
    ...lines,
    ...block('rewritten for this engine', rewrites),
    ...block('addresses inside the environment', services),
    ...block('notes', notes),
    ...block('holds', holds),
  ].join('')
}

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value
  for (const part of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined
    current = (current as Readonly<Record<string | number, unknown>>)[part]
  }
  return current
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}:\n`, ...lines]
}

function leavesOf(value: unknown, path: Path): readonly { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [{ path, value }]
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value)
  if (entries.length === 0) return [{ path, value }]
  return entries.flatMap(([key, item]) => leavesOf(item, [...path, key]))
}

/** The nearest enclosing value whose origin is known. */
function sourceOf(view: ExplainView, path: Path): string | undefined {
  let best: ExplainView['provenance'][number] | undefined
  for (const candidate of view.provenance) {
    const covers = candidate.path.length <= path.length && candidate.path.every((part, index) => String(part) === String(path[index]))
    // Of two with the same path the later one wrote last.
    if (covers && candidate.path.length >= (best?.path.length ?? 0)) best = candidate
  }
  return best === undefined ? undefined : `${placeOf(best)} (${best.by})`
}

function printPath(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')
}

function printValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
