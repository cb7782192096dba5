import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, applyStep, webservice } from '../kit/oam-text.ts'

const chart = '{ name: db, type: helm, properties: { repoType: helm, url: "https://charts.example.com", chart: mysql } }'
const gauge = webservice('web', 'web:1', 'dependsOn: [db], traits: [{ type: stdout-logs, properties: { parser: json } }]')
const shared = '{ name: common, type: shared-resource, properties: { rules: [{ selector: { resourceTypes: [Namespace] } }] } }'
const hook = '{ name: call, type: webhook, properties: { url: { value: "https://hooks.example.com" } } }'

test('what is known and not simulated must count as healthy, say so, and block nothing', async () => {
  await using world = new ControlWorld()
  await world.up(application({ components: [chart, gauge], policies: [shared], steps: [applyStep('db'), hook, applyStep('web')] }))
  await world.until(() => world.app().phase === 'running')
  expect(world.app().healthy).toBe(true)
  expect(world.component('db')).toMatchObject({
    simulated: false,
    healthy: true,
    replicas: [],
    message: expect.stringMatching(/^not simulated: /),
  })
  expect(world.component('web')).toMatchObject({
    healthy: true,
    message: 'Ready:1/1',
    traits: [{ type: 'stdout-logs', healthy: true, simulated: false, message: 'not simulated' }],
  })
  expect(world.app().policies).toEqual([{ name: 'common', type: 'shared-resource', simulated: false }])
  expect(world.app().workflow.steps[1]).toMatchObject({
    name: 'call',
    phase: 'succeeded',
    message: expect.stringMatching(/^not simulated: /),
  })
})

test('the same without a workflow: what depends on it must not wait', async () => {
  await using world = new ControlWorld()
  await world.up(application({ components: [chart, gauge] }))
  await world.until(() => world.app().phase === 'running', 10_000)
  expect(world.app().workflow.steps.map(({ name, phase }) => `${name} ${phase}`)).toEqual(['db succeeded', 'web succeeded'])
})

test('with strict it must be refused, each at its place', async () => {
  await using world = new ControlWorld()
  const order = world.up(application({ components: [chart, gauge], policies: [shared] }), { strict: true })
  await expect(order).rejects.toMatchObject({ status: 422 })
  const diagnostics = await order.catch(
    (error: { readonly error: { readonly diagnostics: readonly { readonly severity: string; readonly line: number }[] } }) =>
      error.error.diagnostics,
  )
  expect(
    (diagnostics as readonly { readonly severity: string; readonly line: number }[])
      .filter(({ severity }) => severity === 'error')
      .map(({ line }) => line),
  ).toEqual([6, 7, 9])
})

test('a type that nobody knows must be refused with the nearest known one', async () => {
  await using world = new ControlWorld()
  await expect(world.up(application({ components: ['{ name: web, type: webservise, properties: { image: a } }'] }))).rejects.toMatchObject({
    status: 422,
    error: { diagnostics: [{ severity: 'error', line: 6, hint: expect.stringContaining('webservice') }] },
  })
})
