import type { z } from 'zod'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { describeValue, isRecord, sayNames } from '../source/wording.ts'

type Issue = z.core.$ZodIssue

/** Issues of the overlay's schema as diagnostics at the exact place. */
export function diagnoseIssues(issues: readonly Issue[], value: unknown, origin: Origin): Diagnostic[] {
  return issues.flatMap((issue) => diagnose(issue, value, origin))
}

function diagnose(issue: Issue, root: unknown, base: Origin): Diagnostic[] {
  const path = issue.path.filter((step): step is string | number => typeof step !== 'symbol')
  const origin = within(base, ...path)
  const found = path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined),
    root,
  )
  const name = path.length === 0 ? 'the overlay' : `"${path.join('.')}"`
  const error = (message: string, hint?: string): Diagnostic[] => [
    { code: 'MP1050', severity: 'error', message, origin, ...(hint === undefined ? {} : { hint }) },
  ]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, knownKeys(path), within(origin, key)))
    case 'invalid_type':
      if (found === undefined) return error(`"${String(path.at(-1))}" is missing`)
      return error(`${name} must be ${words(issue.expected)}, found ${describeValue(found)}`)
    case 'invalid_value':
      return error(
        `${name} must be ${sayNames(issue.values.map(String))}`,
        typeof found === 'string' ? didYouMean(found, issue.values.map(String)) : undefined,
      )
    case 'invalid_union': {
      const branch = isRecord(found)
        ? issue.errors.find((errors) => errors.every(({ path: inner, code }) => inner.length > 0 || code === 'unrecognized_keys'))
        : undefined
      if (branch !== undefined)
        return branch.flatMap((inner) => diagnose({ ...inner, path: [...issue.path, ...inner.path] } as Issue, root, base))
      return error(
        `${name} has the wrong type: found ${describeValue(found)}`,
        typeof found === 'string' ? undefined : 'see the schema of minipaas.yaml',
      )
    }
    case 'invalid_format':
      return error(
        `${name} has the wrong form`,
        path.includes('ports') ? 'write for example "8080:80" (port of this machine : port of the container)' : undefined,
      )
    case 'too_big':
    case 'too_small':
      return error(`${name} must be from 1 to 65535`)
    default:
      return error(`${name} is not valid`)
  }
}

function unknownKey(key: string, known: readonly string[], origin: Origin): Diagnostic {
  const hint = didYouMean(key, known) ?? `known here: ${known.join(', ')}`
  return { code: 'MP1051', severity: 'error', message: `"${key}" is not known here`, origin, mark: 'key', hint }
}

const TOP = ['models', 'envFiles', 'env', 'components']
const CONTAINER = ['build', 'run', 'image', 'env']
const COMPONENT = [...CONTAINER, 'containers', 'envFiles', 'watch', 'ports']
const INNER: Readonly<Record<string, readonly string[]>> = {
  build: ['context', 'dockerfile', 'args', 'target'],
  run: ['directory', 'command', 'env'],
  watch: ['paths', 'ignore', 'action', 'target', 'exec'],
  ports: ['host', 'target', 'protocol'],
}

function knownKeys(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 0) return TOP
  if (path.length === 2) return COMPONENT
  if (path.length === 4 && path[2] === 'containers') return CONTAINER
  const last = path.findLast((step) => typeof step === 'string')
  return INNER[String(last)] ?? []
}

function words(expected: string): string {
  if (expected === 'string') return 'text'
  if (expected === 'array') return 'a list'
  if (expected === 'record' || expected === 'object') return 'a map'
  return `a ${expected}`
}
