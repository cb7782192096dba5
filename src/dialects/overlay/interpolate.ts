import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { isRecord } from '../source/wording.ts'

/** A variable's value and whether it came from an env file. */
export interface Variable {
  readonly value: string
  readonly secret: boolean
}

export interface Interpolated {
  readonly value: unknown
  /** Paths (as JSON) whose text holds a value from an env file. */
  readonly secretPaths: ReadonlySet<string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Replaces `${NAME}`, `${NAME:-default}` and `$$` in every text of a tree. A single `$` stays, for shells. */
export function interpolateTree(value: unknown, variables: ReadonlyMap<string, Variable>, origin: Origin): Interpolated {
  const diagnostics: Diagnostic[] = []
  const secretPaths = new Set<string>()
  const walk = (node: unknown, at: Origin): unknown => {
    if (typeof node === 'string') {
      const { text, secret, problem } = interpolateText(node, variables)
      if (problem !== undefined) diagnostics.push({ ...problem, origin: at })
      if (secret) secretPaths.add(JSON.stringify(at.path))
      return text
    }
    if (Array.isArray(node)) return node.map((item, index) => walk(item, within(at, index)))
    if (isRecord(node)) return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, within(at, key))]))
    return node
  }
  return { value: walk(value, origin), secretPaths, diagnostics }
}

interface InterpolatedText {
  readonly text: string
  readonly secret: boolean
  readonly problem?: Diagnostic
}

function interpolateText(text: string, variables: ReadonlyMap<string, Variable>): InterpolatedText {
  let secret = false
  let problem: Diagnostic | undefined
  const replaced = text.replaceAll(/\$\$|\$\{([^}]*)\}?/g, (match, body: string | undefined) => {
    if (match === '$$') return '$'
    const parsed = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(body ?? '')
    if (parsed === null || !match.endsWith('}')) {
      problem ??= malformed()
      return match
    }
    const [, name = '', fallback] = parsed
    const variable = variables.get(name)
    // As in a shell, `:-` also replaces an empty value.
    if (variable !== undefined && (variable.value !== '' || fallback === undefined)) {
      secret ||= variable.secret
      return variable.value
    }
    if (fallback === undefined) problem ??= unset(name)
    return fallback ?? ''
  })
  return problem === undefined ? { text: replaced, secret } : { text: replaced, secret, problem }
}

function malformed(): Diagnostic {
  return {
    code: 'MP1053',
    severity: 'error',
    message: 'this is not a variable: only ${NAME} and ${NAME:-default} are understood',
    hint: 'write $$ for a dollar sign, and with it leave a variable to a shell',
  }
}

function unset(name: string): Diagnostic {
  return {
    code: 'MP1052',
    severity: 'error',
    message: `variable ${name} is not set`,
    hint: `set it in the environment or in an env file, write \${${name}:-default}, or $\${${name}} to leave it to a shell`,
  }
}
