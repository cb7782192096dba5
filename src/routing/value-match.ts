import type { ValueMatch } from '../model/route-behaviour.ts'

/** Why a regular expression cannot be used. */
export interface PatternProblem {
  readonly problem: string
}

/**
 * A regular expression that must fit a whole value. The syntax is that of JavaScript in its strict form, so that what other dialects
 * write in another way (`\A`, `(?P<name>...)`) is refused and not taken for something else; `(?i)` in front is understood.
 */
export function compilePattern(source: string, ignoreCase = false): RegExp | PatternProblem {
  const inline = source.startsWith('(?i)')
  try {
    return new RegExp(`^(?:${inline ? source.slice(4) : source})$`, ignoreCase || inline ? 'isu' : 'su')
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** A condition on one value, ready to be asked. An expression that cannot be used fits nothing. */
export class ValueTest {
  readonly #match: ValueMatch
  readonly #pattern: RegExp | undefined

  constructor(match: ValueMatch) {
    this.#match = match
    const pattern = match.by === 'regex' ? compilePattern(match.value) : undefined
    this.#pattern = pattern instanceof RegExp ? pattern : undefined
  }

  fits(value: string | undefined): boolean {
    if (value === undefined) return false
    switch (this.#match.by) {
      case 'exact':
        return value === this.#match.value
      case 'prefix':
        return value.startsWith(this.#match.value)
      case 'regex':
        return this.#pattern?.test(value) === true
      case 'present':
        return true
    }
  }
}
