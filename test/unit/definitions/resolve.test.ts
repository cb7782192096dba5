import { describe, expect, test } from '@jest/globals'
import { defineTrait } from '../../../src/definitions/define.ts'
import type { Plugin } from '../../../src/definitions/definition.ts'
import { builtinPlugins, createRegistry } from '../../../src/definitions/index.ts'
import { fields } from '../../../src/definitions/schema.ts'
import type { InputBinding } from '../../../src/model/component.ts'
import { componentOf, lines, plain, resolve } from './component-source.ts'

const origin = { file: 'app.yaml', doc: 0, path: ['spec', 'components', 0] }
const image = 'shop/web:1'

function anInput(from: string, ...to: readonly (string | number)[]): InputBinding {
  return { from, to, origin: { ...origin, path: [...origin.path, 'inputs', 0] } }
}

describe('types', () => {
  test('unknown ones are errors at the type, with the nearest name', () => {
    const { ok, diagnostics } = resolve({ type: 'webservise@v1', traits: [{ type: 'scalar' }, { type: 'zzz' }] })
    expect(ok).toBe(false)
    expect(lines(diagnostics)).toEqual([
      'error MP2010 spec.components.0.type: unknown component type "webservise@v1" [did you mean "webservice"?]',
      'error MP2011 spec.components.0.traits.0.type: unknown trait "scalar" [did you mean "scaler"?]',
      'error MP2011 spec.components.0.traits.1.type: unknown trait "zzz"',
    ])
  })

  test('the mistakes of all uses are reported together', () => {
    const { diagnostics } = resolve({
      properties: { image: 1 },
      traits: [{ type: 'scaler', properties: { replicas: 'x' } }],
      local: [{ type: 'local/build', params: {} }],
    })
    expect(lines(diagnostics)).toEqual([
      'error MP2101 spec.components.0.properties.image: "image" must be text, found the number 1 [put it in quotes: "1"]',
      'error MP2101 spec.components.0.traits.0.properties.replicas: "replicas" must be a whole number, found text',
      'error MP2102 components.web.0: "context" is missing',
    ])
  })

  test('a version is stripped and said', () => {
    const outcome = resolve({ type: 'webservice@v2', properties: { image } })
    expect(lines(outcome.diagnostics)).toEqual([
      'note MP2015 spec.components.0.type: "webservice@v2": versions of types are not considered, "webservice" is used',
    ])
    expect(outcome.ok && outcome.value.component.type).toBe('webservice@v2')
  })

  test('a component that is only known runs nothing, and nothing on it is lost in silence', () => {
    const outcome = resolve({
      type: 'statefulset',
      properties: { image, port: 80 },
      traits: [{ type: 'scaler', properties: { replicas: 3 } }],
      local: [{ type: 'local/process', params: { cwd: '/srv' } }],
    })
    expect(lines(outcome.diagnostics)).toEqual([
      'note MP2020 spec.components.0.type: component type "statefulset" is not simulated: ordered replicas with stable names are not supported yet',
    ])
    if (!outcome.ok) throw new Error('refused')
    const { run, kind, pod, traits, notes } = outcome.value.component
    expect(plain({ run, kind, containers: pod.containers, traits, notes })).toEqual({
      run: { type: 'not-simulated', why: 'ordered replicas with stable names are not supported yet' },
      kind: 'StatefulSet',
      containers: [],
      traits: [{ type: 'scaler', simulated: false }],
      notes: [
        { kind: 'not-simulated', subject: 'statefulset', text: 'ordered replicas with stable names are not supported yet' },
        {
          kind: 'not-simulated',
          subject: 'local/process',
          text: 'without effect: ordered replicas with stable names are not supported yet',
        },
      ],
    })
  })

  test('parameters of known types are checked, too', () => {
    expect(lines(resolve({ type: 'cron-task', properties: { image } }).diagnostics)).toEqual([
      'error MP2102 spec.components.0.properties: "schedule" is missing',
    ])
    expect(lines(resolve({ properties: { image }, traits: [{ type: 'affinity', properties: { podAfinity: {} } }] }).diagnostics)).toEqual([
      'warning MP2103 spec.components.0.traits.0.properties.podAfinity (key): "podAfinity" is not a parameter and has no effect [did you mean "podAffinity"?]',
      expect.stringMatching(/^note MP2020 spec\.components\.0\.traits\.0\.type: trait "affinity" is not simulated: /),
    ])
  })

  test('a known trait is listed and the others still work', () => {
    const component = componentOf({
      properties: { image },
      traits: [{ type: 'affinity' }, { type: 'scaler', properties: { replicas: 2 } }],
    })
    expect(component.traits.map(({ type, simulated }) => `${type} ${simulated}`)).toEqual(['affinity false', 'scaler true'])
    expect(component.scale.initial).toBe(2)
    expect(component.notes.map((note) => note.subject)).toEqual(['affinity'])
  })

  test('conflicting traits warn', () => {
    const trait = (type: string, conflictsWith: readonly string[] = []) =>
      defineTrait({ kind: 'trait', type, conflictsWith, simulation: { level: 'simulated' }, parameters: fields({}) })
    const own: Plugin = { name: 'own', api: 1, definitions: [trait('one'), trait('two', ['one'])] }
    const registry = createRegistry([...builtinPlugins, own])
    if (!registry.ok) throw new Error('the registry has errors')
    const written = { properties: { image }, traits: [{ type: 'one' }, { type: 'two' }] }
    expect(lines(resolve(written, undefined, registry.value).diagnostics)).toEqual([
      'warning MP2014 spec.components.0.traits.1.type: trait "two" conflicts with trait "one"',
    ])
  })
})

describe('what every component gets', () => {
  test('labels and annotations of the application, which the component may override', () => {
    const component = componentOf({
      properties: { image, labels: { tier: 'web' } },
      traits: [{ type: 'labels', properties: { team: null } }],
      more: { labels: { team: 'a', tier: 'b' }, annotations: { note: 'x' } },
    })
    expect([component.labels, component.annotations]).toEqual([{ tier: 'web' }, { note: 'x' }])
  })

  test('a rolling update by quarters, 30 seconds of grace and one replica', () => {
    const { update, pod, scale } = componentOf({ type: 'worker', properties: { image } })
    expect([update, pod.graceMs, scale.initial]).toEqual([
      { type: 'rolling', surge: { percent: 25 }, unavailable: { percent: 25 } },
      30_000,
      1,
    ])
  })

  test.each<[string, Record<string, unknown>, unknown]>([
    ['no port', {}, undefined],
    ['a port', { port: 8080 }, { by: 'tcp', port: 8080 }],
    [
      'the first TCP port',
      { ports: [{ port: 53, protocol: 'UDP' }, { port: 80, containerPort: 8080 }, { port: 90 }] },
      { by: 'tcp', port: 8080 },
    ],
    [
      'a declared probe',
      { port: 80, readinessProbe: { httpGet: { path: '/', port: 80 } } },
      { by: 'http', port: 80, path: '/', scheme: 'http', headers: [] },
    ],
  ])('readiness with %s', (_, properties, action) => {
    const { ready } = componentOf({ properties: { image, ...properties } }).pod.containers[0]?.probes ?? {}
    expect(ready?.action).toEqual(action)
    expect(ready?.implicit).toBe(ready?.action.by === 'tcp' ? true : undefined)
  })

  test('a note when Dapr annotations are there, wherever they come from', () => {
    const byType = componentOf({ properties: { image, annotations: { 'dapr.io/enabled': 'true' } } })
    const byTrait = componentOf({ properties: { image }, traits: [{ type: 'annotations', properties: { 'dapr.io/enabled': 'true' } }] })
    for (const component of [byType, byTrait]) {
      expect(component.annotations).toEqual({ 'dapr.io/enabled': 'true' })
      expect(component.notes.map((note) => note.text)).toEqual(['Dapr annotations are kept, but no sidecar is started yet'])
    }
    expect(byTrait.notes[0]?.origin.path.slice(3)).toEqual(['traits', 0, 'properties', 'dapr.io/enabled'].slice(0))
  })
})

describe('inputs', () => {
  const inputs = [anInput('host', 'properties', 'env', 0, 'value'), anInput('count', 'traits', 0, 'properties', 'replicas')]
  const written = { properties: { image, env: [{ name: 'HOST' }] }, traits: [{ type: 'scaler' }], more: { inputs } }

  test('are put in place before anything is checked', () => {
    const outcome = resolve(
      written,
      new Map<string, unknown>([
        ['host', 'db'],
        ['count', 4],
      ]),
    )
    if (!outcome.ok) throw new Error(lines(outcome.diagnostics).join())
    expect(outcome.value.component.scale.initial).toBe(4)
    expect(plain(outcome.value.component.pod.containers[0]?.env)).toEqual([{ name: 'HOST', value: 'db' }])
  })

  test('reach the trait at their index and no other', () => {
    const traits = [{ type: 'scaler' }, { type: 'env', properties: { env: { B: '2' } } }]
    const more = { inputs: [anInput('a', 'traits', 1, 'properties', 'env', 'A')] }
    const outcome = resolve({ properties: { image }, traits, more }, new Map([['a', '1']]))
    if (!outcome.ok) throw new Error(lines(outcome.diagnostics).join())
    expect(outcome.value.component.traits.map((trait) => trait.type)).toEqual(['scaler', 'env'])
    expect(outcome.value.component.pod.containers[0]?.env.map(({ name, value }) => `${name}=${value}`)).toEqual(['B=2', 'A=1'])
  })

  test('have stand-ins until they are known', () => {
    const outcome = resolve(written)
    if (!outcome.ok) throw new Error(lines(outcome.diagnostics).join())
    expect(plain(outcome.value.component.pod.containers[0]?.env)).toEqual([{ name: 'HOST', value: '‹input host›' }])
  })

  test('satisfy a required parameter that nothing else gives', () => {
    expect(resolve({ properties: {}, more: { inputs: [anInput('image', 'properties', 'image')] } }).ok).toBe(true)
  })

  test('of the wrong type are errors', () => {
    expect(lines(resolve(written, new Map([['count', 'many']])).diagnostics)).toEqual([
      'error MP2101 spec.components.0.traits.0.properties.replicas: "replicas" must be a whole number, found text',
    ])
  })

  test('that lead nowhere are errors', () => {
    const more = { inputs: [anInput('x', 'traits', 3, 'properties', 'replicas')] }
    expect(lines(resolve({ properties: { image }, more }).diagnostics)).toEqual([
      'error MP2209 spec.components.0.inputs.0: input "x" of component "web" is to be put at "traits.3.properties.replicas", which does not exist [a place is below "properties" or below one of the traits, such as traits[0].properties]',
    ])
  })

  test('do not change what was written', () => {
    const properties = { image, env: [{ name: 'HOST' }] }
    resolve({ ...written, properties }, new Map([['host', 'db']]))
    expect(properties).toEqual({ image, env: [{ name: 'HOST' }] })
  })
})

test('provenance names the last writer of each value and its line', () => {
  const outcome = resolve({
    properties: {
      image,
      port: 8080,
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      cpu: '1',
      limit: { cpu: '2' },
    },
    traits: [
      { type: 'env', properties: { env: { B: '3' }, unset: ['A'] } },
      { type: 'gateway', properties: { http: { '/': 8080 } } },
      { type: 'scaler', properties: { replicas: 2 } },
    ],
    local: [{ type: 'local/image', params: { image: 'local/web' } }],
    more: { labels: { team: 'a' } },
  })
  if (!outcome.ok) throw new Error('refused')
  const shown = outcome.value.provenance.map(
    ({ path, by, origin: at }) => `${path.join('.')} <- ${by} ${at.file} ${at.path.slice(at.file === 'app.yaml' ? 3 : 0).join('.')}`,
  )
  expect(shown).toEqual([
    'pod.containers.0 <- webservice app.yaml properties',
    'pod.containers.0.requests.cpu <- webservice app.yaml properties.cpu',
    'pod.containers.0.limits.cpu <- webservice app.yaml properties.limit.cpu',
    'pod.containers.0.ports.0 <- webservice app.yaml properties.port',
    'pod.containers.0.env.0 <- env app.yaml traits.0.properties.env.B',
    'services.0 <- gateway app.yaml traits.1.properties.http./',
    'services.0.ports.0 <- gateway app.yaml traits.1.properties.http./',
    'routes.0 <- gateway app.yaml traits.1.properties.http./',
    'scale.min <- scaler app.yaml traits.2.properties.replicas',
    'scale.max <- scaler app.yaml traits.2.properties.replicas',
    'scale.initial <- scaler app.yaml traits.2.properties.replicas',
    'pod.containers.0.image <- local/image minipaas.yaml components.web.0.image',
    'pod.containers.0.pull <- local/image minipaas.yaml components.web.0.image',
    'pod.containers.0.probes.ready <- minipaas app.yaml properties.port',
  ])
})
