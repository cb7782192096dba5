import { describe, expect, test } from '@jest/globals'
import type { Route } from '../../../src/model/route.ts'
import type { RouteBehaviour } from '../../../src/model/route-behaviour.ts'
import { checkBehaviour } from '../../../src/routing/check-behaviour.ts'
import { anOrigin } from '../../kit/builders.ts'

function check(changes: Partial<Route>): { readonly behaviour: RouteBehaviour | undefined; readonly said: readonly string[] } {
  const route: Route = { path: '/a', pathType: 'prefix', to: [], holdMs: 1, origin: anOrigin('here'), ...changes }
  const { behaviour, problems } = checkBehaviour(route)
  expect(problems.every(({ origin, severity }) => origin === route.origin && severity === 'warning')).toBe(true)
  return { behaviour, said: problems.map(({ code, message, hint }) => `${code} ${message}${hint === undefined ? '' : ` [${hint}]`}`) }
}

test('a plain route has no behaviour', () => {
  expect(check({})).toEqual({ behaviour: {}, said: [] })
  expect(check({ when: {}, requestMs: 0, idleMs: 0, requestHeaders: {} })).toEqual({ behaviour: {}, said: [] })
})

test('what is well-formed stays as it is', () => {
  const behaviour: RouteBehaviour = {
    when: { method: 'GET', headers: [{ name: 'x-a', by: 'regex', value: '\\d+' }], query: [{ name: 'ä b', by: 'present' }] },
    ignoreCase: true,
    rewrite: { host: 'a.example:80', path: { by: 'prefix', path: '' } },
    requestHeaders: { set: [{ name: 'X-A', value: '1' }], add: [{ name: 'x-b', value: '' }], remove: ['x-c'] },
    responseHeaders: { remove: ['Server'] },
    requestMs: 1,
    idleMs: 2.5,
    sticky: { name: 'acaAffinity', attributes: 'Path=/; HttpOnly; SameSite=None; Secure' },
  }
  expect(check(behaviour)).toEqual({ behaviour, said: [] })
  const redirect = { status: 301, scheme: 'https', host: 'b.example', port: 81, path: { by: 'full', path: '/' } } as const
  expect(check({ redirect })).toEqual({ behaviour: { redirect }, said: [] })
})

describe('a condition that cannot be checked takes the route with it', () => {
  test.each<[string, Partial<Route>, RegExp]>([
    [
      'path',
      { path: '/(', pathType: 'regex' },
      /^MP6030 route \*\/\(: the path is not a regular expression: .*; the route is not served \[/,
    ],
    ['path in another syntax', { path: '/(?P<x>a)', pathType: 'regex' }, /^MP6030 .*the path is not a regular expression/],
    ['anchors of another syntax', { path: '\\A/a\\z', pathType: 'regex' }, /^MP6030 .*the path is not a regular expression/],
    ['repetition', { path: '(/(a{2,100}){50})', pathType: 'regex' }, /^MP6030 .*it repeats something more than 1000 times/],
    ['length', { path: 'a'.repeat(1025), pathType: 'regex' }, /^MP6030 .*it has more than 1024 characters/],
    ['value', { when: { headers: [{ name: 'a', by: 'regex', value: '[' }] } }, /^MP6030 .*the value of "a" is not a regular expression/],
    ['query', { when: { query: [{ name: 'q', by: 'regex', value: '*' }] } }, /^MP6030 .*the value of "q" is not a regular expression/],
    [
      'name',
      { host: 'h', when: { headers: [{ name: 'a b', by: 'present' }] } },
      /^MP6030 route h\/a: "a b" is not the name of a header field/,
    ],
    [
      'field of a connection',
      { when: { headers: [{ name: 'TE', by: 'present' }] } },
      /^MP6030 .*the field "TE" concerns one connection only/,
    ],
    ['parameter', { when: { query: [{ name: '', by: 'present' }] } }, /^MP6030 .*a query parameter has no name/],
    ['method', { when: { method: 'G T' } }, /^MP6030 .*"G T" is not a method/],
  ])('%s', (_, changes, expected) => {
    const { behaviour, said } = check(changes)
    expect(behaviour).toBeUndefined()
    expect(said).toEqual([expect.stringMatching(expected)])
  })
})

describe('a change that cannot be made is left out', () => {
  const set = (name: string, value = '1'): Partial<Route> => ({ requestHeaders: { set: [{ name, value }] } })

  test.each<[string, Partial<Route>, RouteBehaviour, string]>([
    ['a name', set('x y'), {}, 'MP6031 route */a: "x y" is not the name of a header field; it is not done'],
    [
      'a line end',
      set('x', 'a\r\nEvil: 1'),
      {},
      'MP6031 route */a: the value of the request field "x" has a character that is not ASCII, or ends a line; it is not done',
    ],
    ['framing', set('Transfer-Encoding'), {}, 'MP6031 route */a: the request field "Transfer-Encoding" cannot be changed; it is not done'],
    [
      'the host',
      set('host'),
      {},
      'MP6031 route */a: the request field "host" cannot be changed; it is not done [rewrite the host of the route instead]',
    ],
    [
      'framing of answers',
      { responseHeaders: { remove: ['content-length', 'x-a'] } },
      { responseHeaders: { remove: ['x-a'] } },
      'MP6031 route */a: the response field "content-length" cannot be changed; it is not done',
    ],
    [
      'a path',
      { rewrite: { path: { by: 'full', path: '/a b' } } },
      {},
      'MP6031 route */a: "/a b" is not a path; it is not done [write other characters as %XX; a query cannot be given]',
    ],
    ['a rewritten host', { rewrite: { host: 'a/b' } }, {}, 'MP6031 route */a: "a/b" is not a host; it is not done'],
    [
      'a host',
      { redirect: { status: 301, host: 'a\r\nb' } },
      { redirect: { status: 301 } },
      'MP6031 route */a: "a\r\nb" is not a host to redirect to; it is not done',
    ],
    [
      'a port',
      { redirect: { status: 301, port: 0 } },
      { redirect: { status: 301 } },
      'MP6031 route */a: 0 is not a port to redirect to; it is not done',
    ],
    [
      'a status',
      { redirect: { status: 200 as never } },
      { redirect: { status: 302 } },
      'MP6031 route */a: 200 is not the status of a redirect; it is not done [use 301, 302, 303, 307 or 308]',
    ],
    ['a time', { requestMs: -1 }, {}, 'MP6031 route */a: the time for a request is -1 ms; it is not done'],
    ['a cookie', { sticky: { name: 'a=b' } }, {}, 'MP6031 route */a: "a=b" with "" is not a cookie; it is not done'],
    [
      'attributes',
      { sticky: { name: 'a', attributes: 'Path=/\n' } },
      {},
      'MP6031 route */a: "a" with "Path=/\n" is not a cookie; it is not done',
    ],
  ])('%s', (_, changes, behaviour, said) => {
    expect(check(changes)).toEqual({ behaviour, said: [said] })
  })

  test('a prefix of an expression', () => {
    const { behaviour, said } = check({ path: '/.*', pathType: 'regex', rewrite: { path: { by: 'prefix', path: '/' } } })
    expect(behaviour).toEqual({})
    expect(said).toHaveLength(1)
  })
})
