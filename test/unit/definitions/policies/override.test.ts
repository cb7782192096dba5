import { describe, expect, test } from '@jest/globals'
import { applyOverride, type RawComponent } from '../../../../src/definitions/policies/override.ts'
import { override } from '../../../../src/definitions/policies/simulated.ts'
import { lines } from '../component-source.ts'

const origin = { file: 'app.yaml', doc: 0, path: ['properties'] }

const components: readonly RawComponent[] = [
  {
    name: 'web',
    type: 'webservice',
    properties: { image: 'web:1', env: [{ name: 'A' }], limit: { cpu: '1', memory: '1Gi' } },
    traits: [
      { type: 'scaler', properties: { replicas: 1 } },
      { type: 'gateway', properties: { http: { '/': 80 } } },
    ],
    dependsOn: ['db'],
  },
  { name: 'web-admin', type: 'webservice', properties: { image: 'admin:1' } },
  { name: 'db', type: 'worker', properties: { image: 'db:1' } },
]

function apply(...patches: readonly Record<string, unknown>[]) {
  return applyWith({ components: patches })
}

function applyWith(raw: Record<string, unknown>) {
  const parsed = override.parse(raw, origin)
  if (!parsed.ok) throw new Error(lines(parsed.diagnostics).join('\n'))
  return applyOverride(components, parsed.value, origin)
}

/** Which components have the label that the patch sets. */
function reached(patch: Record<string, unknown>): readonly string[] {
  const { components: changed } = apply({ ...patch, properties: { hit: true } })
  return changed.filter((component) => (component.properties as Record<string, unknown>).hit === true).map((component) => component.name)
}

describe('which components an entry reaches', () => {
  test.each<[string, Record<string, unknown>, readonly string[]]>([
    ['no name: all', {}, ['web', 'web-admin', 'db']],
    ['an empty name: all', { name: '' }, ['web', 'web-admin', 'db']],
    ['no name, a type', { type: 'worker' }, ['db']],
    ['a name is a pattern without anchors', { name: 'web' }, ['web', 'web-admin']],
    ['the same type', { name: 'web', type: 'webservice' }, ['web', 'web-admin']],
    ['a star is any text', { name: 'w*n' }, ['web-admin']],
    ['anchors work', { name: '^web$' }, ['web']],
    ['alternatives work', { name: 'admin|db' }, ['web-admin', 'db']],
  ])('%s', (_, patch, expected) => {
    expect(reached(patch)).toEqual(expected)
  })
})

test('properties merge as maps, lists are replaced, and the rest of the component stays', () => {
  const patch = { name: '^web$', properties: { env: [{ name: 'B' }], limit: { cpu: '2' }, port: 80 } }
  expect(apply(patch).components[0]).toEqual({
    ...components[0],
    properties: { image: 'web:1', env: [{ name: 'B' }], limit: { cpu: '2', memory: '1Gi' }, port: 80 },
  })
})

test('traits merge by type, are added, and are removed by disable', () => {
  const traits = [
    { type: 'scaler', properties: { replicas: 3 } },
    { type: 'gateway', disable: true },
    { type: 'env', properties: { env: {} } },
    { type: 'labels', disable: true },
  ]
  expect(apply({ name: '^web$', traits }).components[0]?.traits).toEqual([
    { type: 'scaler', properties: { replicas: 3 } },
    { type: 'env', properties: { env: {} } },
  ])
})

test('another type replaces the component', () => {
  expect(apply({ name: 'db', type: 'task', properties: { image: 'x' }, traits: [{ type: 'env', disable: true }] }).components[2]).toEqual({
    name: 'db',
    type: 'task',
    properties: { image: 'x' },
  })
})

test('a name that matches nothing adds a component', () => {
  const { components: changed, touched } = apply(
    { name: 'cache2', type: 'worker', properties: { image: 'c' } },
    { name: 'cache2', properties: { cmd: [] } },
  )
  expect(changed.at(-1)).toEqual({ name: 'cache2', type: 'worker', properties: { image: 'c', cmd: [] } })
  expect(touched.get('cache2')).toEqual([0, 1])
})

test('the selector filters the result', () => {
  const { components: changed, diagnostics } = applyWith({ selector: ['db', 'wbe'] })
  expect(changed.map((component) => component.name)).toEqual(['db'])
  expect(lines(diagnostics)).toEqual([
    'warning MP2405 properties.selector.1: the selector names component "wbe", which does not exist [did you mean "web"?]',
  ])
})

test.each<[string, Record<string, unknown>, readonly string[]]>([
  [
    'a pattern that is none',
    { name: 'web(' },
    ['warning MP2401 properties.components.0.name: "web(" is not a valid pattern, so it matches nothing'],
  ],
  [
    'a pattern that matches nothing',
    { name: 'api-*', type: 'worker' },
    ['warning MP2402 properties.components.0.name: no component matches "api-*"; the entry has no effect'],
  ],
  [
    'a misspelt name',
    { name: 'weeb' },
    [
      'error MP2403 properties.components.0.name: no component matches "weeb", and one cannot be added without a type [did you mean "web"?]',
    ],
  ],
])('warns or refuses: %s', (_, patch, expected) => {
  expect(lines(apply(patch).diagnostics)).toEqual(expected)
})

test('a type that occurs twice among the traits keeps only the last, as in KubeVela, and says so', () => {
  const twice: readonly RawComponent[] = [
    {
      name: 'web',
      type: 'webservice',
      traits: [
        { type: 'gateway', properties: { name: 'a' } },
        { type: 'gateway', properties: { name: 'b' } },
      ],
    },
  ]
  const result = applyOverride(twice, { components: [{ properties: { image: 'x' } }] }, origin)
  expect(result.components[0]?.traits).toEqual([{ type: 'gateway', properties: { name: 'b' } }])
  expect(lines(result.diagnostics)).toEqual([
    'warning MP2404 properties.components.0: component "web" has trait "gateway" more than once; an override keeps only the last one',
  ])
})

test('the given components are not changed', () => {
  const before = JSON.stringify(components)
  apply({ properties: { image: 'x', limit: { cpu: '9' } }, traits: [{ type: 'scaler', properties: { replicas: 9 } }] })
  expect(JSON.stringify(components)).toBe(before)
})
