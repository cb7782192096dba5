import { describe, expect, test } from '@jest/globals'
import type { AppModel } from '../../../../src/model/app-model.ts'
import type { WorkflowStep } from '../../../../src/model/workflow.ts'
import { load, printed } from '../memory-files.ts'

function application(spec: string, metadata = 'name: shop'): string {
  const body = spec.replaceAll(/^/gm, '  ')
  return `apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {${metadata}}\nspec:\n${body}\n`
}

async function model(spec: string, metadata?: string): Promise<AppModel> {
  const result = await load({ 'app.yaml': application(spec, metadata) })
  expect(printed(result)).not.toMatch(/^error/m)
  const first = result.outcome.ok ? result.outcome.value.applications[0] : undefined
  if (first === undefined) throw new Error('no application')
  return first
}

async function complaints(spec: string): Promise<string> {
  return printed(await load({ 'app.yaml': application(spec) }))
}

const TWO = `components:
  - name: web
    type: webservice
    properties: {image: web}
    dependsOn: [job]
  - name: job
    type: task
    properties: {image: job}`

/** Steps in one line each. */
function sketch(steps: readonly WorkflowStep[]): string[] {
  return steps.map(({ name, type, work, dependsOn }) => {
    const after = dependsOn.length === 0 ? '' : ` after ${dependsOn.join(',')}`
    if (work.do === 'apply')
      return `${name} (${type}): ${work.components.map(({ key }) => key).join(' ')} /${work.parallelism}${work.approve === 'first' ? ' approve' : ''}${after}`
    if (work.do === 'group') return `${name} (${type}, ${work.mode}): [${sketch(work.steps).join('; ')}]${after}`
    return `${name} (${type}): ${work.do}${after}`
  })
}

describe('generated workflow', () => {
  test('one apply-component step for each component, in parallel', async () => {
    const { workflow } = await model(TWO)
    expect(workflow).toMatchObject({ generated: true, mode: 'DAG' })
    expect(sketch(workflow.steps)).toEqual(['web (apply-component): web /1 after job', 'job (apply-component): job /1'])
  })

  test('one deploy step for each topology, with all overrides', async () => {
    const { workflow } = await model(`${TWO}
policies:
  - {name: big, type: override, properties: {components: [{name: web, properties: {cpu: "1"}}]}}
  - {name: here, type: topology, properties: {clusters: [local]}}
  - {name: there, type: topology, properties: {namespace: prod}}`)
    expect(sketch(workflow.steps)).toEqual(['deploy-here (deploy): web job /5', 'deploy-there (deploy): web.prod job.prod /5'])
    const web = workflow.steps[1]?.work
    expect(web?.do === 'apply' && web.components[0]).toMatchObject({
      namespace: 'prod',
      type: { params: { image: 'web', cpu: '1' } },
      needs: [{ on: 'job.prod', until: 'completed' }],
    })
  })

  test('an override alone makes one deploy step', async () => {
    const { workflow } = await model(
      `${TWO}\npolicies:\n  - {name: o, type: override, properties: {components: [{type: webservice, traits: [{type: scaler, properties: {replicas: 2}}]}]}}`,
    )
    expect(sketch(workflow.steps)).toEqual(['deploy (deploy): web job /5'])
  })

  test('a workflow section without steps runs the generated ones in its mode', async () => {
    expect((await model(`${TWO}\nworkflow: {mode: {steps: StepByStep}}`)).workflow).toMatchObject({ generated: true, mode: 'StepByStep' })
  })
})

describe('written workflow', () => {
  test('all kinds of steps', async () => {
    const { workflow } = await model(`${TWO}
policies:
  - {name: prod, type: topology, properties: {namespace: prod}}
workflow:
  steps:
    - {type: deploy, properties: {policies: [prod], auto: false, parallelism: 2}}
    - name: wait
      type: suspend
      timeout: 1h30m
      if: always
      meta: {alias: Pause}
      properties: {duration: 5s, message: hold}
    - name: all
      type: step-group
      dependsOn: [wait]
      subSteps:
        - {type: apply-component, properties: {component: job, namespace: prod}}
        - {name: tell, type: notification, properties: {slack: {url: {value: "https://example.com"}, message: {text: done}}}}
    - {name: ask, type: request, properties: {url: "https://example.com"}}`)
    expect(workflow).toMatchObject({ generated: false, mode: 'StepByStep' })
    expect(sketch(workflow.steps)).toEqual([
      'step-0 (deploy): web.prod job.prod /2 approve',
      'wait (suspend): suspend',
      'all (step-group, DAG): [step-2-0 (apply-component): job.prod /1; tell (notification): notify] after wait',
      'ask (request): not-simulated',
    ])
    expect(workflow.steps[1]).toMatchObject({
      alias: 'Pause',
      if: 'always',
      timeoutMs: 5_400_000,
      work: { durationMs: 5000, message: 'hold' },
    })
    const group = workflow.steps[2]?.work
    expect(group?.do === 'group' && group.steps[1]?.work).toEqual({ do: 'notify', channels: ['slack'], message: 'done' })
  })

  test('a component that a later step applies is not waited for; one that none applies is reported', async () => {
    const text = await complaints(`${TWO}
  - {name: idle, type: worker, properties: {image: idle}}
workflow:
  steps:
    - {name: a, type: apply-component, properties: {component: web}}
    - {name: b, type: apply-component, properties: {component: job}}`)
    expect(text).toContain('warning MP3116  component "web" does not wait for "job"')
    expect(text).toContain('warning MP3115  no workflow step applies component "idle"')
  })
})

describe('data passing', () => {
  const PRODUCER = `components:
  - name: db
    type: worker
    properties: {image: db}
    outputs: [{name: host, valueFrom: output.metadata.name + "-x"}]`
  const consumer = (input: string): string => `${PRODUCER}
  - name: web
    type: webservice
    properties: {image: web, env: [{name: DB, value: none}]}
    traits: [{type: scaler, properties: {replicas: 1}}]
    inputs: [${input}]`

  test.each([
    ['env[0].value', ['properties', 'env', 0, 'value']],
    ['properties.env[0].value', ['properties', 'env', 0, 'value']],
    ['traits[0].properties.replicas', ['traits', 0, 'properties', 'replicas']],
    ['labels["my-key"]', ['properties', 'labels', 'my-key']],
  ])('the key %s outside of deploy', async (key, to) => {
    const { components } = await model(consumer(`{from: host, parameterKey: '${key}'}`))
    expect(components[1]?.inputs).toMatchObject([{ from: 'host', to }])
    expect(components[1]?.needs).toMatchObject([{ on: 'db', until: 'ready' }])
  })

  test('deploy always prefixes the key', async () => {
    const { workflow } = await model(
      `${consumer('{from: host, parameterKey: image}')}\npolicies: [{name: t, type: topology, properties: {}}]`,
    )
    const work = workflow.steps[0]?.work
    expect(work?.do === 'apply' && work.components[1]?.inputs[0]?.to).toEqual(['properties', 'image'])
  })

  test.each([
    ['{from: hots, parameterKey: image}', 'MP3106', 'did you mean "host"?'],
    ['{from: host, parameterKey: "a["}', 'MP3108', 'is not a path'],
    ['{from: host, parameterKey: "traits[3].properties.replicas"}', 'MP3108', 'names trait 3, but the component has 1'],
    ['{from: host, parameterKey: "traits[0].type"}', 'MP3108', 'does not lead into the properties of a trait'],
  ])('the input %s', async (input, code, words) => {
    const text = await complaints(consumer(input))
    expect(text).toContain(`error ${code}`)
    expect(text).toContain(words)
  })

  test('an expression that is not understood', async () => {
    expect(await complaints(consumer('{from: host}').replace('output.metadata.name + "-x"', 'strings.Join(output.a)'))).toContain(
      'error MP2301',
    )
  })

  test('an input from a path or from the context is fine', async () => {
    expect(
      (await model(consumer('{from: host.part, parameterKey: image}, {from: context.name, parameterKey: cpu}'))).components[1]?.inputs,
    ).toHaveLength(2)
  })
})

describe('names and references', () => {
  test('a missing dependency, as the design shows it', async () => {
    const text = await complaints(TWO.replace('[job]', '[jobs]'))
    expect(text).toBe(
      `error MP3104  component "web" needs "jobs", which does not exist
  app.yaml:9:19
     7 |       type: webservice
     8 |       properties: {image: web}
     9 |       dependsOn: [jobs]
       |                   ^^^^
  did you mean "job"?  (declared at app.yaml:10:13)`.replaceAll(/^ {4,5}(\s*\d?) \|/gm, '    $1 |'),
    )
  })

  test.each([
    ['a component twice', `${TWO}\n  - {name: web, type: worker, properties: {image: x}}`, 'MP3101'],
    ['a policy twice', `${TWO}\npolicies: [{name: a, type: topology}, {name: a, type: topology}]`, 'MP3103'],
    ['a step twice', `${TWO}\nworkflow: {steps: [{name: a, type: suspend}, {name: a, type: suspend}]}`, 'MP3102'],
    ['an unknown step', `${TWO}\nworkflow: {steps: [{name: a, type: suspend, dependsOn: [b]}]}`, 'MP3112'],
    ['an unknown policy', `${TWO}\nworkflow: {steps: [{name: a, type: deploy, properties: {policies: [b]}}]}`, 'MP3113'],
    ['an unknown component', `${TWO}\nworkflow: {steps: [{name: a, type: apply-component, properties: {component: b}}]}`, 'MP3114'],
    ['an unknown cluster', `${TWO}\npolicies: [{name: a, type: topology, properties: {clusters: [paris]}}]`, 'MP3111'],
    [
      'an unknown cluster of a step',
      `${TWO}\nworkflow: {steps: [{name: a, type: apply-component, properties: {component: web, cluster: paris}}]}`,
      'MP3111',
    ],
    ['a circle', TWO.replace('properties: {image: job}', 'properties: {image: job}\n    dependsOn: [web]'), 'MP3105'],
    [
      'a circle of steps',
      `${TWO}\nworkflow: {steps: [{name: a, type: suspend, dependsOn: [b]}, {name: b, type: suspend, dependsOn: [a]}]}`,
      'MP3105',
    ],
    ['nested groups', `${TWO}\nworkflow: {steps: [{name: a, type: step-group, subSteps: [{name: b, type: step-group}]}]}`, 'MP3118'],
    ['a bad name', TWO.replace('name: web', 'name: Web_1'), 'MP1036'],
    ['a bad duration', `${TWO}\nworkflow: {steps: [{name: a, type: suspend, timeout: soon}]}`, 'MP1037'],
    ['a bad mode', `${TWO}\nworkflow: {mode: {steps: Dag}}`, 'MP1038'],
    ['an unknown component type', TWO.replace('type: task', 'type: tusk'), 'MP2010'],
    ['an unknown policy type', `${TWO}\npolicies: [{name: a, type: topologie}]`, 'MP2012'],
    ['an unknown step type', `${TWO}\nworkflow: {steps: [{name: a, type: suspent}]}`, 'MP2013'],
  ])('%s', async (_, spec, code) => {
    expect(await complaints(spec)).toMatch(new RegExp(`^error ${code}`))
  })

  test('a pinned version is accepted', async () => {
    expect((await model(TWO.replace('type: webservice', 'type: webservice@v1.2'))).components[0]?.type.type).toBe('webservice@v1.2')
  })

  test('labels and annotations go to the components, except those a filter lists', async () => {
    const { components } = await model(
      TWO,
      'name: shop, labels: {team: a, secretive: b}, annotations: {note: c, filter.oam.dev/label-keys: secretive}',
    )
    expect(components[0]).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'c' } })
  })
})

describe('overrides', () => {
  test('a mistake in an override is shown in the override', async () => {
    const text = await complaints(
      `${TWO}\npolicies:\n  - name: o\n    type: override\n    properties:\n      components:\n        - name: web\n          properties:\n            image: 12\n          traits:\n            - type: scaler\n              properties:\n                replicas: many`,
    )
    expect(text).toContain('app.yaml:20:22\n')
    expect(text).toContain('app.yaml:24:29\n')
  })

  test('an added component takes part', async () => {
    const { workflow, components } = await model(
      `${TWO}\npolicies: [{name: o, type: override, properties: {components: [{name: extra, type: worker, properties: {image: x}}]}}]`,
    )
    expect(sketch(workflow.steps)).toEqual(['deploy (deploy): web job extra /5'])
    expect(components.map(({ name }) => name)).toEqual(['web', 'job'])
  })
})

test('strictness makes an error of what is not simulated', async () => {
  const text = application(`${TWO}\nworkflow: {steps: [{name: ask, type: request, properties: {url: x}}, {name: go, type: deploy}]}`)
  const lenient = await load({ 'app.yaml': text })
  expect(lenient.outcome.ok).toBe(true)
  expect(printed(lenient)).toContain('note MP2020')
  const strict = await load({ 'app.yaml': text }, { strict: true })
  expect(strict.outcome.ok).toBe(false)
  expect(printed(strict)).toContain('error MP2020')
})
