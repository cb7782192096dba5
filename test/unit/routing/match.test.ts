import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { BackendId, EdgeRoute } from '../../../src/model/edge.ts'
import { RoundRobin } from '../../../src/routing/balance.ts'
import { hostName, matchesHost, matchRoute, pathOf, RouteIndex } from '../../../src/routing/match.ts'
import { PathTest } from '../../../src/routing/route-matcher.ts'
import { sortRoutes } from '../../../src/routing/routes.ts'
import { cumulate, pickShare } from '../../../src/routing/split.ts'

describe('hosts', () => {
  test.each([
    ['Web.Shop.LOCALHOST:8080', 'web.shop.localhost'],
    ['localhost.', 'localhost'],
    ['[::1]:8080', '[::1]'],
    ['[::1]', '[::1]'],
    ['', ''],
  ])('%s is %s', (header, name) => {
    expect(hostName(header)).toBe(name)
  })

  test.each([
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['example.com', 'a.example.com', false],
    [undefined, 'anything', true],
  ])('%s for %s: %s', (pattern, host, fits) => {
    expect(matchesHost(pattern, host)).toBe(fits)
  })
})

/** Cases of the Kubernetes documentation of Ingress, and the ones between them. */
describe('paths', () => {
  test.each([
    ['prefix', '/', '/anything', true],
    ['exact', '/foo', '/foo', true],
    ['exact', '/foo', '/bar', false],
    ['exact', '/foo', '/foo/', false],
    ['exact', '/foo/', '/foo', false],
    ['prefix', '/foo', '/foo', true],
    ['prefix', '/foo', '/foo/', true],
    ['prefix', '/foo/', '/foo', true],
    ['prefix', '/foo/', '/foo/', true],
    ['prefix', '/aaa/bb', '/aaa/bbb', false],
    ['prefix', '/aaa/bbb', '/aaa/bbb', true],
    ['prefix', '/aaa/bbb/', '/aaa/bbb', true],
    ['prefix', '/aaa/bbb', '/aaa/bbb/', true],
    ['prefix', '/aaa/bbb', '/aaa/bbb/ccc', true],
    ['prefix', '/aaa/bbb', '/aaa/bbbxyz', false],
    ['prefix', '/foo', '/foobar', false],
    ['prefix', '/', '*', true],
    ['text-prefix', '/', '*', true],
    ['text-prefix', '/', '/a', true],
    ['text-prefix', '/foo', '/foobar', true],
    ['text-prefix', '/foo/', '/foo', false],
    ['text-prefix', '/foo', '/fo', false],
    ['regex', '/a/\\d+', '/a/12', true],
    ['regex', '/a/\\d+', '/a/12/', false],
    ['regex', '/a/\\d+', '/b/a/12', false],
    ['regex', '/a|/b', '/b', true],
    ['regex', '/a|/b', '/bc', false],
    ['regex', '(?i)/a', '/A', true],
    ['regex', '/a', '/A', false],
    ['regex', '/(', '/(', false],
  ] as const)('%s %s for %s: %s', (pathType, path, asked, fits) => {
    expect(new PathTest({ path, pathType }).fits(asked)).toBe(fits)
  })

  test.each(['prefix', 'exact', 'text-prefix', 'regex'] as const)('of the kind %s may be compared without case', (pathType) => {
    expect(new PathTest({ path: '/Foo', pathType, ignoreCase: true }).fits('/fOO')).toBe(true)
    expect(new PathTest({ path: '/Foo', pathType }).fits('/fOO')).toBe(false)
  })

  test('end where the query begins', () => {
    expect(pathOf('/a/b?c=/d')).toBe('/a/b')
    expect(pathOf('/a')).toBe('/a')
  })
})

test('the index finds what walking the sorted routes finds', () => {
  const label = fc.constantFrom('a', 'b', 'c')
  const host = fc.oneof(
    fc.constant(undefined),
    label.map((name) => `${name}.x`),
    fc.constantFrom('*.x', '*.y.x', 'x'),
  )
  const path = fc.array(label, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`)
  const route: fc.Arbitrary<EdgeRoute> = fc
    .record({ host, path, pathType: fc.constantFrom('prefix' as const, 'exact' as const) })
    .map((parts) => ({
      ...(parts.host === undefined ? {} : { host: parts.host }),
      path: parts.path,
      pathType: parts.pathType,
      targets: [{ backend: 'web:80' as BackendId, upTo: 1 }],
      holdMs: 1,
    }))
  const asked = fc.tuple(
    fc.oneof(
      label.map((name) => `${name}.x`),
      fc.constantFrom('x', 'a.y.x', 'z'),
    ),
    path,
  )
  fc.assert(
    fc.property(fc.array(route, { maxLength: 12 }), fc.array(asked, { minLength: 1, maxLength: 8 }), (routes, questions) => {
      const sorted = sortRoutes(routes)
      const index = new RouteIndex(sorted, (each) => each)
      for (const [name, where] of questions)
        expect(index.find(name, where, { method: 'GET', host: name, target: where }, () => undefined)).toBe(matchRoute(sorted, name, where))
    }),
  )
})

describe('weights', () => {
  test('are exact over every window of their smallest total', () => {
    const targets = cumulate([
      { name: 'old', weight: 90 },
      { name: 'new', weight: 10 },
      { name: 'off', weight: 0 },
    ])
    expect(targets).toEqual([
      { name: 'old', upTo: 9 },
      { name: 'new', upTo: 10 },
    ])
    for (const start of [0, 3, 17]) {
      const window = Array.from({ length: 10 }, (_, index) => pickShare(targets, start + index)?.name)
      expect(window.filter((name) => name === 'new')).toHaveLength(1)
    }
  })

  test('of nothing choose nothing', () => {
    expect(pickShare(cumulate([{ weight: 0 }]), 5)).toBeUndefined()
  })
})

describe('turns', () => {
  test('go round, passing over what is not usable', () => {
    const turns = new RoundRobin()
    const pick = (usable: (item: string) => boolean): string | undefined => turns.pick(['a', 'b', 'c'], usable)
    expect([pick(() => true), pick((item) => item !== 'b'), pick(() => true), pick(() => false), pick(() => true)]).toEqual([
      'a',
      'c',
      'a',
      undefined,
      'b',
    ])
  })

  test('survive a change of the list', () => {
    const turns = new RoundRobin()
    for (let turn = 0; turn < 3; turn++) turns.pick([1, 2, 3, 4], () => true)
    expect(turns.pick([1], () => true)).toBe(1)
    expect(turns.pick([], () => true)).toBeUndefined()
  })
})
