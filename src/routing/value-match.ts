import type { ValueMatch } from '../model/route-behaviour.ts'

/** Why a regular expression cannot be used. */
export interface PatternProblem {
  readonly problem: string
}

/** Longest expression. Source: Gateway API, longest path value. */
const MAX_LENGTH = 1024
/** Product of all counts. Source: RE2, largest repetition. What is counted is unrolled, and too much of that ends the process. */
const MAX_REPEATED = 1000

/**
 * A regular expression that must fit a whole value. The syntax is that of JavaScript in its strict form, so that what other dialects
 * write in another way (`\A`, `(?P<name>...)`) is refused and not taken for something else; `(?i)` in front is understood.
 */
export function compilePattern(source: string, ignoreCase = false): RegExp | PatternProblem {
  if (source.length > MAX_LENGTH) return { problem: `it has more than ${MAX_LENGTH} characters` }
  if (repetitions(source) > MAX_REPEATED) return { problem: `it repeats something more than ${MAX_REPEATED} times` }
  const inline = source.startsWith('(?i)')
  try {
    return new RegExp(`^(?:${inline ? source.slice(4) : source})$`, ignoreCase || inline ? 'isu' : 'su')
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

function repetitions(source: string): number {
  let product = 1
  for (const [, least = '1', most = ''] of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) product *= Math.max(1, Number(least), Number(most))
  return product
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
