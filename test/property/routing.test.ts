import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { BackendId, EdgeRoute } from '../../src/model/edge.ts'
import type { NamedMatch, RouteConditions } from '../../src/model/route-behaviour.ts'
import type { FieldLookup } from '../../src/routing/conditions.ts'
import { RouteIndex } from '../../src/routing/match.ts'
import { replaceTarget } from '../../src/routing/path-replace.ts'
import { sortRoutes } from '../../src/routing/routes.ts'
import { cumulate, pickShare } from '../../src/routing/split.ts'

interface Asked {
  readonly method: string
  readonly host: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

const lookup: FieldLookup<Asked> = (request, name) => request.headers[name]

const word = fc.constantFrom('a', 'b', 'ab')
const name = fc.constantFrom('x', 'y')
const value = fc.constantFrom('', '1', '12')
const path = fc.array(word, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
const hosts = ['x', 'a.x', 'b.x', 'a.b.x', 'y.a.b.x', 'z']

const match = fc.oneof(
  fc.record({ name, by: fc.constantFrom('exact' as const, 'prefix' as const), value }),
  fc.record({ name, by: fc.constant('regex' as const), value: fc.constantFrom('1+', '\\d*2', '.*') }),
  fc.record({ name, by: fc.constant('present' as const) }),
)
const when: fc.Arbitrary<RouteConditions> = fc.record(
  { method: fc.constantFrom('GET', 'PUT'), headers: fc.array(match, { maxLength: 2 }), query: fc.array(match, { maxLength: 2 }) },
  { requiredKeys: [] },
)
const route: fc.Arbitrary<EdgeRoute> = fc
  .record(
    {
      host: fc.constantFrom('a.x', 'b.x', '*.x', '*.b.x'),
      path,
      pathType: fc.constantFrom('prefix' as const, 'exact' as const, 'text-prefix' as const),
      when,
      ignoreCase: fc.constant(true as const),
    },
    { requiredKeys: ['path', 'pathType'] },
  )
  .map((parts) => ({ ...parts, targets: [{ backend: 'web:80' as BackendId, upTo: 1 }], holdMs: 1 }))
const routes = fc.array(route, { maxLength: 10 })
const asked: fc.Arbitrary<Asked> = fc
  .record({
    method: fc.constantFrom('GET', 'PUT'),
    host: fc.constantFrom(...hosts),
    path: fc.tuple(path, fc.constantFrom('', '/', 'A')).map((parts) => parts.join('')),
    query: fc.array(fc.tuple(name, value), { maxLength: 2 }),
    headers: fc.dictionary(name, value),
  })
  .map(({ path: where, query, ...rest }) => ({ ...rest, target: `${where}?${query.map((pair) => pair.join('=')).join('&')}` }))

/** Whether the route fits, in the words of the Gateway API and without any of the code under test. */
function fitsNaively(candidate: EdgeRoute, request: Asked): boolean {
  const labels = request.host.split('.')
  const suffix = candidate.host?.split('.') ?? []
  const hostFits =
    candidate.host === undefined ||
    (suffix[0] === '*'
      ? labels.length >= suffix.length && labels.slice(-(suffix.length - 1)).join('.') === suffix.slice(1).join('.')
      : request.host === candidate.host)
  if (!hostFits) return false
  const [where = '', query = ''] = request.target.split('?')
  const [given, own] = candidate.ignoreCase === true ? [where.toLowerCase(), candidate.path.toLowerCase()] : [where, candidate.path]
  const elements = (text: string): readonly string[] => text.split('/').slice(1)
  const pathFits = {
    exact: () => given === own,
    'text-prefix': () => given.slice(0, own.length) === own,
    prefix: () => own === '/' || elements(own).every((element, index) => elements(given)[index] === element),
    regex: () => false,
  }[candidate.pathType]()
  if (!pathFits) return false
  const { method, headers = [], query: parameters = [] } = candidate.when ?? {}
  const first = (wanted: string): string | undefined => {
    const pair = query.split('&').find((each) => each.split('=')[0] === wanted && each !== '')
    return pair === undefined ? undefined : pair.slice(wanted.length + 1)
  }
  const valueFits = (test: NamedMatch, found: string | undefined): boolean => {
    if (found === undefined) return false
    if (test.by === 'present') return true
    if (test.by === 'exact') return found === test.value
    if (test.by === 'prefix') return found.startsWith(test.value)
    return found.replace(new RegExp(`^${test.value}$`), 'fits') === 'fits'
  }
  return (
    (method === undefined || method === request.method) &&
    headers.every((test) => valueFits(test, request.headers[test.name])) &&
    parameters.every((test) => valueFits(test, first(test.name)))
  )
}

/** What comes before what, as the Gateway API lists it: each line only decides where those before it are equal. */
function precedence({ host, path: where, pathType, when: conditions }: EdgeRoute): readonly number[] {
  return [
    host === undefined ? 0 : host.startsWith('*') ? 1 : 2,
    host?.startsWith('*') === true ? host.length : 0,
    pathType === 'exact' ? 1 : 0,
    where === '/' && pathType !== 'exact' ? 0 : where.length,
    conditions?.method === undefined ? 0 : 1,
    conditions?.headers?.length ?? 0,
    conditions?.query?.length ?? 0,
  ]
}

describe('routes', () => {
  test('the route that is found is the first one that fits in the order of the Gateway API', () => {
    fc.assert(
      fc.property(routes, fc.array(asked, { minLength: 1, maxLength: 6 }), (list, requests) => {
        const index = new RouteIndex(sortRoutes(list), (each) => each)
        for (const request of requests) {
          const fitting = list.filter((each) => fitsNaively(each, request))
          const best = fitting.reduce<EdgeRoute | undefined>(
            (found, each) => (found === undefined || isBefore(precedence(each), precedence(found)) ? each : found),
            undefined,
          )
          expect(index.find(request.host, request.target.split('?')[0] ?? '', request, lookup)).toBe(best)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('precedence is total and stable: every order of the model gives the same, but for equal ones', () => {
    fc.assert(
      fc.property(routes, fc.infiniteStream(fc.nat()), (list, numbers) => {
        const sorted = sortRoutes(list)
        for (let at = 1; at < sorted.length; at++) {
          const [left, right] = [sorted[at - 1], sorted[at]] as [EdgeRoute, EdgeRoute]
          expect(isBefore(precedence(right), precedence(left))).toBe(false)
          if (!isBefore(precedence(left), precedence(right))) expect(list.indexOf(left)).toBeLessThan(list.indexOf(right))
        }
        const shuffled = list.map((each) => ({ each, by: numbers.next().value as number })).sort((left, right) => left.by - right.by)
        expect(sortRoutes(shuffled.map(({ each }) => each)).map(precedence)).toEqual(sorted.map(precedence))
      }),
    )
  })
})

function isBefore(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((part, index) => part !== right[index])
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0)
}

test('weights are exact over each window of their total', () => {
  const weights = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 5 }).filter((list) => list.some((weight) => weight > 0))
  fc.assert(
    fc.property(weights, fc.nat({ max: 1_000_000 }), (list, start) => {
      const total = list.reduce((sum, weight) => sum + weight, 0)
      const targets = cumulate(list.map((weight, index) => ({ index, weight })))
      const picked = Array.from({ length: total }, (_, turn) => pickShare(targets, start + turn)?.index)
      expect(list.map((_, index) => picked.filter((each) => each === index).length)).toEqual(list)
    }),
  )
})

test('a replaced prefix keeps what follows it, the query, and single slashes', () => {
  fc.assert(
    fc.property(
      path,
      path,
      path,
      fc.constantFrom('', '/'),
      fc.constantFrom('', '?a=/b/../?'),
      (prefix, rest, replacement, slash, query) => {
        const asked = `${prefix === '/' ? '' : prefix}${rest === '/' ? '' : rest}` || '/'
        const replaced = replaceTarget(
          asked + query,
          { by: 'prefix', path: replacement + (replacement === '/' ? '' : slash) },
          { path: prefix, pathType: 'prefix' },
        )
        const elements = [replacement, rest].flatMap((part) => part.split('/').filter((element) => element !== ''))
        const trailing = asked === '/' && replacement !== '/' ? '/' : ''
        expect(replaced).toBe(`/${elements.join('/')}${trailing}${query}`)
      },
    ),
  )
})
