import { describe, expect, test } from '@jest/globals'
import type { PathReplace, Redirect } from '../../../src/model/route-behaviour.ts'
import { type MatchedPath, replacePath, replaceTarget } from '../../../src/routing/path-replace.ts'
import { redirectLocation } from '../../../src/routing/redirect.ts'

/** The table of the Gateway API for ReplacePrefixMatch, and the cases between its lines. */
describe('a prefix', () => {
  test.each([
    ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
    ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
    ['/foo', '/foo', '/xyz', '/xyz'],
    ['/foo/', '/foo', '/xyz', '/xyz/'],
    ['/foo/bar', '/foo', '', '/bar'],
    ['/foo/', '/foo', '', '/'],
    ['/foo', '/foo', '', '/'],
    ['/foo/', '/foo', '/', '/'],
    ['/foo', '/foo', '/', '/'],
    ['/foo', '/foo/', '/xyz', '/xyz'],
    ['/a/b', '/', '/x', '/x/a/b'],
    ['/', '/', '/x', '/x/'],
    ['/a', '/', '/', '/a'],
    ['/FOO/Bar', '/foo', '/x', '/x/Bar'],
  ])('%s under %s replaced with "%s" is %s', (asked, path, replacement, expected) => {
    expect(replacePath(asked, { by: 'prefix', path: replacement }, { path, pathType: 'prefix' })).toBe(expected)
  })

  test.each([
    ['/foobar', '/foo', '/x', '/xbar'],
    ['/foo/bar', '/foo', '/', '//bar'],
    ['/foo/bar', '/foo/', '/', '/bar'],
    ['/foobar', '/foo', '', '/bar'],
  ])('of a text: %s under %s replaced with "%s" is %s', (asked, path, replacement, expected) => {
    expect(replacePath(asked, { by: 'prefix', path: replacement }, { path, pathType: 'text-prefix' })).toBe(expected)
  })

  test('is the whole path where the path is exact', () => {
    expect(replacePath('/a', { by: 'prefix', path: '/b' }, { path: '/a', pathType: 'exact' })).toBe('/b')
  })
})

describe('a target', () => {
  const full: PathReplace = { by: 'full', path: '/new' }
  const matched: MatchedPath = { path: '/', pathType: 'prefix' }

  test.each([
    ['/a/b?c=/d?e', '/new?c=/d?e'],
    ['/a?', '/new?'],
    ['/a', '/new'],
    ['*', '*'],
  ])('%s becomes %s', (target, expected) => {
    expect(replaceTarget(target, full, matched)).toBe(expected)
  })
})

describe('a redirect', () => {
  const request = { scheme: 'http', host: 'Shop.example:8080', target: '/foo/a?b' } as const
  const at = (redirect: Partial<Redirect>, changes: Partial<{ scheme: 'http' | 'https'; host: string; target: string }> = {}): string =>
    redirectLocation({ status: 302, ...redirect }, { ...request, ...changes }, { path: '/foo', pathType: 'prefix' })

  test.each<[string, Partial<Redirect>, string]>([
    ['keeps what is not given', {}, 'http://Shop.example:8080/foo/a?b'],
    ['to another scheme leads to its usual port', { scheme: 'https' }, 'https://Shop.example/foo/a?b'],
    ['to a scheme and port names the port', { scheme: 'https', port: 8443 }, 'https://Shop.example:8443/foo/a?b'],
    ['leaves out the usual port', { scheme: 'https', port: 443 }, 'https://Shop.example/foo/a?b'],
    ['leaves out the usual port of the scheme it keeps', { port: 80 }, 'http://Shop.example/foo/a?b'],
    ['to another host keeps the port', { host: 'b.example' }, 'http://b.example:8080/foo/a?b'],
    ['replaces a prefix', { path: { by: 'prefix', path: '/bar' } }, 'http://Shop.example:8080/bar/a?b'],
    ['replaces all of the path', { path: { by: 'full', path: '/' } }, 'http://Shop.example:8080/?b'],
  ])('%s', (_, redirect, expected) => {
    expect(at(redirect)).toBe(expected)
  })

  test('understands every form of a host', () => {
    expect(at({}, { host: '[::1]:81' })).toBe('http://[::1]:81/foo/a?b')
    expect(at({}, { host: '[::1]' })).toBe('http://[::1]/foo/a?b')
    expect(at({}, { host: 'h:80' })).toBe('http://h/foo/a?b')
    expect(at({}, { host: 'h:' })).toBe('http://h/foo/a?b')
    expect(at({}, { host: 'h:443', scheme: 'https' })).toBe('https://h/foo/a?b')
    expect(at({}, { target: '*' })).toBe('http://Shop.example:8080/')
  })

  test('without a host is relative, and never to a host that the path names', () => {
    expect(at({}, { host: '' })).toBe('/foo/a?b')
    expect(at({}, { host: '', target: '//evil.example/x' })).toBe('/evil.example/x')
  })
})
