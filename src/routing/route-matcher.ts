import type { EdgeRoute } from '../model/edge.ts'
import { Conditions, type FieldLookup, type RoutedRequest } from './conditions.ts'
import { trimSlash } from './path-replace.ts'
import { compilePattern } from './value-match.ts'

const SLASH = 47

type PathRule = Pick<EdgeRoute, 'path' | 'pathType' | 'ignoreCase'>

/** The path of one route, ready to be compared. */
export class PathTest {
  readonly #type: EdgeRoute['pathType']
  readonly #path: string
  readonly #folds: boolean
  readonly #pattern: RegExp | undefined

  constructor({ path, pathType, ignoreCase }: PathRule) {
    this.#type = pathType
    this.#folds = ignoreCase === true && pathType !== 'regex'
    // A slash alone is every path, also the `*` of OPTIONS.
    const compared = pathType === 'prefix' || (pathType === 'text-prefix' && path === '/') ? trimSlash(path) : path
    this.#path = this.#folds ? compared.toLowerCase() : compared
    const pattern = pathType === 'regex' ? compilePattern(path, ignoreCase) : undefined
    this.#pattern = pattern instanceof RegExp ? pattern : undefined
  }

  /** `prefix` compares whole path elements: `/foo` fits `/foo` and `/foo/bar`, not `/foobar`. Source: Gateway API, PathMatchPathPrefix. */
  fits(asked: string): boolean {
    const path = this.#folds ? asked.toLowerCase() : asked
    const own = this.#path
    switch (this.#type) {
      case 'prefix':
        return path.startsWith(own) && (path.length === own.length || path.charCodeAt(own.length) === SLASH || own === '')
      case 'exact':
        return path === own
      case 'text-prefix':
        return path.startsWith(own)
      case 'regex':
        return this.#pattern?.test(path) === true
    }
  }
}

/** One route of a table, ready to be compared, with what its owner keeps of it. */
export class RouteMatcher<T> {
  readonly host: string | undefined
  readonly kept: T
  readonly #path: PathTest
  readonly #conditions: Conditions | undefined

  constructor(route: EdgeRoute, kept: T) {
    this.host = route.host
    this.kept = kept
    this.#path = new PathTest(route)
    this.#conditions = route.when === undefined ? undefined : new Conditions(route.when)
  }

  fits<R extends RoutedRequest>(path: string, request: R, lookup: FieldLookup<R>): boolean {
    return this.#path.fits(path) && (this.#conditions === undefined || this.#conditions.hold(request, lookup))
  }
}
