import type { NamedMatch, RouteConditions } from '../model/route-behaviour.ts'
import { ValueTest } from './value-match.ts'

/** What routes look at in a request, whatever protocol carries it. */
export interface RoutedRequest {
  readonly method: string
  /** The authority as the client wrote it; empty when it is not there. */
  readonly host: string
  /** Path and query, or `*`. */
  readonly target: string
}

/** The value of a field (its name in lower case), several lines joined with a comma; undefined when it is not there. */
export type FieldLookup<R> = (request: R, name: string) => string | undefined

interface NamedTest {
  readonly name: string
  readonly test: ValueTest
}

/** The conditions of one route beside host and path, ready to be asked. */
export class Conditions {
  readonly #method: string | undefined
  readonly #headers: readonly NamedTest[]
  readonly #query: readonly NamedTest[]

  constructor(when: RouteConditions) {
    this.#method = when.method
    this.#headers = (when.headers ?? []).map((match) => named(match, match.name.toLowerCase()))
    this.#query = (when.query ?? []).map((match) => named(match, match.name))
  }

  hold<R extends RoutedRequest>(request: R, lookup: FieldLookup<R>): boolean {
    if (this.#method !== undefined && this.#method !== request.method) return false
    for (const { name, test } of this.#headers) if (!test.fits(lookup(request, name))) return false
    if (this.#query.length === 0) return true
    const query = queryOf(request.target)
    return this.#query.every(({ name, test }) => test.fits(query.get(name) ?? undefined))
  }
}

function named(match: NamedMatch, name: string): NamedTest {
  return { name, test: new ValueTest(match) }
}

function queryOf(target: string): URLSearchParams {
  const at = target.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : target.slice(at + 1))
}
