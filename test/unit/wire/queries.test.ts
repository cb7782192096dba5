import { describe, expect, test } from '@jest/globals'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import { isEnvironmentName } from '../../../src/wire/discovery.ts'
import { eventsQuery, logsQuery, portQuery } from '../../../src/wire/queries.ts'
import { applyRequest, componentCommand, downRequest, execRequest } from '../../../src/wire/requests.ts'

describe('what clients may send', () => {
  test.each([
    [{}, { component: [], follow: false }],
    [{ component: 'web' }, { component: ['web'], follow: false }],
    [
      { component: ['web', 'api'], follow: 'true', tail: '10' },
      { component: ['web', 'api'], follow: true, tail: 10 },
    ],
    [{ follow: '' }, { component: [], follow: true }],
    [{ follow: '0' }, { component: [], follow: false }],
  ])('the log query %j', (query, expected) => {
    expect(logsQuery.parse(query)).toEqual(expected)
  })

  test.each([
    [logsQuery, { tail: '-1' }],
    [logsQuery, { follow: 'maybe' }],
    [logsQuery, { components: 'web' }],
    [eventsQuery, { after: '1e3' }],
    [eventsQuery, { after: '99999999999999999999' }],
    [portQuery, { port: '0' }],
    [portQuery, { port: '65536' }],
    [applyRequest, { files: [{ path: '' }], directory: '/' }],
    [applyRequest, { files: [{ path: '/a', stdin: 'b' }], directory: '/' }],
    [applyRequest, { files: [], directory: '/', scale: { web: 1.5 } }],
    [downRequest, { timeout: -1 }],
    [downRequest, { images: 'all' }],
    [componentCommand, { do: 'explode' }],
    [componentCommand, { do: 'restart', components: ['a'], replicas: {} }],
    [execRequest, { mode: 'exec', component: 'a', command: [], tty: { columns: 0, rows: 1 } }],
  ])('schema %# refuses %j', (schema, value) => {
    expect(schema.safeParse(value).success).toBe(false)
  })

  test('paths quote what is put into them', () => {
    expect(API_ROUTES.explain('shop', 'a/../b')).toBe('/v1/environments/shop/explain/a%2F..%2Fb')
    expect(API_ROUTES.session('a?b')).toBe('/v1/sessions/a%3Fb')
  })

  test.each([
    ['shop', true],
    ['a', true],
    ['a-1', true],
    ['1', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['', false],
    ['A', false],
    ['a-', false],
    ['-a', false],
    ['a.b', false],
    ['a/b', false],
    ['a\n', false],
  ])('%j as the name of an environment: %s', (name, expected) => {
    expect(isEnvironmentName(name)).toBe(expected)
  })
})
