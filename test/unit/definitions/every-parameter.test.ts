import { expect, describe as group, test } from '@jest/globals'
import { builtinPlugins } from '../../../src/definitions/builtin.ts'
import type { AnyDefinition } from '../../../src/definitions/definition.ts'
import { describe } from '../../../src/definitions/describe.ts'
import { lines, plain, resolve, type Written } from './component-source.ts'
import { withAndWithout } from './parameter-samples.ts'

/** Triggers and what holds triggers say nothing as small as their shapes allow: `every-scaling-parameter.test.ts` and `every-job-parameter.test.ts` look at them. */
const definitions = builtinPlugins
  .flatMap((plugin) => plugin.definitions)
  .filter(
    (each) =>
      each.simulation.level === 'simulated' &&
      each.kind !== 'trigger' &&
      !(each.kind === 'trait' && each.scales) &&
      each.type !== 'object/ScaledJob',
  )

/** A world in which every parameter can show what it does: a second container, volumes, arguments and variables to refer to. */
function worldWith(definition: AnyDefinition, params: unknown): Written {
  if (definition.kind === 'component') return { type: definition.type, properties: params }
  const properties = {
    image: 'shop/web:1',
    args: ['sample'],
    env: [{ name: 'sample', value: 'before' }],
    port: 8080,
    volumes: ['sample', 'another'].map((name) => ({ name, mountPath: `/${name}` })),
  }
  const traits = [{ type: 'sidecar', properties: { name: 'side', image: 'shop/side:1' } }]
  return definition.type.startsWith('local/')
    ? { properties, traits, local: [{ type: definition.type, params }] }
    : { properties, traits: [...traits, { type: definition.type, properties: params }] }
}

/** Everything a user could notice: the component with its notes, and the diagnostics. */
function effectOf(definition: AnyDefinition, params: unknown): string {
  const origin = { file: 'app.yaml', doc: 0, path: ['properties'] }
  if (definition.kind === 'policy' || definition.kind === 'workflow-step') return JSON.stringify(definition.check(params, origin))
  const outcome = resolve(worldWith(definition, params))
  return JSON.stringify([outcome.ok ? plain(outcome.value.component) : null, lines(outcome.diagnostics)])
}

type Params = Readonly<Record<string, unknown>>

/** Parameters that show nothing alone get what they work with, on both sides of the comparison. */
function accompany(definition: AnyDefinition, path: string, params: unknown): unknown {
  const companions: Params = { env: { env: { EXTRA: 'x' } }, command: { command: ['run'] } }
  const add = (more: unknown) => (entry: Params) => ({ ...(more as Params), ...entry })
  const given = params as Params
  if (path === 'containerName') return add(companions[definition.type])(given)
  if (path === 'containers.*.containerName') return { containers: (given.containers as Params[]).map(add(companions[definition.type])) }
  const [list = ''] = path.split('.')
  if (definition.type !== 'storage' || !path.includes('items.')) return params
  return { [list]: (given[list] as Params[]).map(add({ mountPath: '/sample' })) }
}

/** A map without required members says nothing by itself; its members are looked at one by one. */
function isEmptyAt(params: unknown, path: string): boolean {
  const value = path.split('.').reduce<unknown>((at, step) => {
    const steps = at as Readonly<Record<string, unknown>>
    return step === '*' ? Object.values(steps)[0] : steps[step]
  }, params)
  return JSON.stringify(value) === '{}'
}

group.each(definitions.map((definition) => ({ definition, name: `${definition.kind} ${definition.type}` })))('$name', ({ definition }) => {
  const parameters = describe(definition)
  const reported = parameters.filter((parameter) => parameter.disposition.kind !== 'mapped').map((parameter) => parameter.path)
  const honoured = parameters.map(({ path }) => path).filter((path) => !reported.some((above) => path.startsWith(`${above}.`)))

  test(`each of ${honoured.length} parameters is honoured or reported`, () => {
    const silent = honoured.filter((path) => {
      const samples = withAndWithout(definition.parameters.node, path.split('.'))
      if (JSON.stringify(samples.with) === JSON.stringify(samples.without) || isEmptyAt(samples.with, path)) return false
      const effects = [samples.with, samples.without].map((params) => effectOf(definition, accompany(definition, path, params)))
      return effects[0] === effects[1]
    })
    expect(silent).toEqual([])
  })
})
