import { expect, test } from '@jest/globals'
import type { StepRun } from '../../src/model/workflow.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { application, applyStep, task, webservice } from '../kit/oam-text.ts'

const flat = (steps: readonly StepRun[]): readonly StepRun[] => steps.flatMap((step) => [step, ...flat(step.steps)])
const steps = (world: ControlWorld) => flat(world.app().workflow.steps).map(({ name, phase }) => `${name} ${phase}`)
const step = (world: ControlWorld, name: string) => flat(world.app().workflow.steps).find((candidate) => candidate.name === name)
const never = { readyMs: 1e9 }
const pause = (name: string, properties = '{}', more = '') =>
  `{ name: ${name}, type: suspend, properties: ${properties}${more === '' ? '' : `, ${more}`} }`

const THREE = application({
  components: [webservice('api'), webservice('web'), webservice('log')],
  steps: [applyStep('api'), applyStep('web'), applyStep('log')],
})

test('steps must come one after the other, each when the one before is healthy', async () => {
  await using world = new ControlWorld({ api: { readyMs: 1000 }, web: { readyMs: 1000 } })
  await world.up(THREE)
  await world.clock.advance(500)
  expect(steps(world)).toEqual(['api running', 'web pending', 'log pending'])
  expect(step(world, 'api')).toMatchObject({ reason: 'Wait', message: 'wait healthy: api' })
  await world.until(() => step(world, 'web')?.phase === 'running')
  expect(world.component('log').applied).toBe(false)
  await world.until(() => world.app().phase === 'running')
  expect(world.app().workflow).toMatchObject({ mode: 'StepByStep-DAG', status: 'succeeded', finished: true, generated: false })
})

test('without a workflow components must come up side by side', async () => {
  await using world = new ControlWorld({ api: { readyMs: 1000 }, web: { readyMs: 1000 } })
  await world.up(application({ components: [webservice('api'), webservice('web')] }))
  await world.clock.advance(500)
  expect(world.app().workflow).toMatchObject({ mode: 'DAG-DAG', generated: true })
  expect(steps(world)).toEqual(['api running', 'web running'])
})

test('a workflow suspended by hand must apply nothing more, and go on when resumed', async () => {
  await using world = new ControlWorld({ api: { readyMs: 1000 } })
  const environment = await world.up(THREE)
  await environment.workflow({ do: 'suspend', application: 'shop' })
  await world.clock.advance(60_000)
  expect(world.app()).toMatchObject({ phase: 'workflowSuspending', workflow: { suspended: true } })
  expect(world.component('api').healthy).toBe(true)
  expect(world.component('web').applied).toBe(false)
  await environment.workflow({ do: 'resume', application: 'shop' })
  await world.until(() => world.app().phase === 'running')
})

test('a terminated workflow must stay where it is and leave running what runs; restart begins anew', async () => {
  await using world = new ControlWorld({ web: { readyMs: 5000 } })
  const environment = await world.up(THREE)
  await world.until(() => step(world, 'web')?.phase === 'running')
  await environment.workflow({ do: 'terminate', application: 'shop' })
  await world.clock.advance(60_000)
  expect(world.app()).toMatchObject({ phase: 'workflowTerminated', healthy: false, workflow: { terminated: true, finished: true } })
  expect(step(world, 'web')).toMatchObject({ phase: 'failed', reason: 'Terminate' })
  expect(world.component('log').applied).toBe(false)
  await expect(environment.workflow({ do: 'resume', application: 'shop' })).rejects.toMatchObject({
    status: 409,
    error: { code: 'MP8015' },
  })
  const api = world.replicas('api')
  await environment.workflow({ do: 'restart', application: 'shop' })
  await world.until(() => world.app().phase === 'running')
  expect(world.replicas('api')).toEqual(api)
  expect(world.app().revision).toBe('shop-v1')
})

test('a command for an application that is not there must be refused with what is', async () => {
  await using world = new ControlWorld()
  const environment = await world.up(THREE)
  await expect(environment.workflow({ do: 'resume', application: 'shoop' })).rejects.toMatchObject({
    status: 404,
    error: { code: 'MP8013', next: expect.stringContaining('shop') },
  })
})

test('a step that is not healthy in time must fail, later steps be skipped, and those that always run must run', async () => {
  await using world = new ControlWorld({ api: never })
  await world.up(
    application({
      components: [webservice('api'), webservice('web'), webservice('log')],
      steps: [applyStep('api', 'timeout: 30s'), applyStep('web'), applyStep('log', 'if: always')],
    }),
  )
  await world.clock.advance(29_000)
  expect(steps(world)).toEqual(['api running', 'web pending', 'log pending'])
  await world.clock.advance(2000)
  expect(steps(world)).toEqual(['api failed', 'web skipped', 'log succeeded'])
  expect(step(world, 'api')).toMatchObject({ reason: 'Timeout' })
  expect(step(world, 'web')).toMatchObject({ reason: 'Skip' })
  expect(world.app()).toMatchObject({ phase: 'workflowFailed', healthy: false, workflow: { status: 'failed', finished: true } })
  expect(world.component('log').healthy).toBe(true)
})

test.each([
  ['status.api.failed', 'succeeded'],
  ['status.api.timeout && status.api.phase == "failed"', 'succeeded'],
  ['status.api.succeeded', 'skipped'],
  ['!(status.api.failed || status.api.skipped)', 'skipped'],
  ['context.appName == "shop"', 'succeeded'],
])('a step must run exactly when its condition holds: %s', async (condition, phase) => {
  await using world = new ControlWorld({ api: never })
  await world.up(
    application({
      components: [webservice('api'), webservice('web')],
      steps: [applyStep('api', 'timeout: 5s'), applyStep('web', `if: '${condition}'`)],
    }),
  )
  await world.clock.advance(20_000)
  expect(step(world, 'web')?.phase).toBe(phase)
})

test('a suspend with a duration must end by itself, one with a time-out must fail the workflow', async () => {
  await using world = new ControlWorld()
  await world.up(application({ components: [webservice('api')], steps: [pause('wait', '{ duration: 10m }'), applyStep('api')] }))
  expect(world.app().phase).toBe('workflowSuspending')
  await world.clock.advance(599_000)
  expect(world.app().phase).toBe('workflowSuspending')
  await world.clock.advance(2000)
  expect(world.app().phase).toBe('running')
  await world.up(application({ components: [webservice('api', 'api:2')], steps: [pause('wait', '{}', 'timeout: 1m'), applyStep('api')] }))
  await world.clock.advance(61_000)
  expect(world.app().phase).toBe('workflowFailed')
  expect(steps(world)).toEqual(['wait failed', 'api skipped'])
  expect(world.component('api').image).toBe('api:1')
})

test('the steps of a group must run side by side, or one by one when it says so', async () => {
  const group = (mode: string) =>
    application({
      components: [webservice('api'), webservice('web'), webservice('log')],
      steps: [`{ name: both, type: step-group${mode}, subSteps: [${applyStep('api')}, ${applyStep('web')}] }`, applyStep('log')],
    })
  await using world = new ControlWorld({ api: { readyMs: 1000 }, web: { readyMs: 1000 } })
  await world.up(group(''))
  await world.clock.advance(500)
  expect(steps(world)).toEqual(['both running', 'api running', 'web running', 'log pending'])
  await world.until(() => world.app().phase === 'running')
  expect(steps(world)).toEqual(['both succeeded', 'api succeeded', 'web succeeded', 'log succeeded'])
  await using other = new ControlWorld({ api: { readyMs: 1000 }, web: { readyMs: 1000 } })
  await other.up(group(', mode: StepByStep'))
  await other.clock.advance(500)
  expect(steps(other)).toEqual(['both running', 'api running', 'web pending', 'log pending'])
})

test('one step of a group that fails must fail the group', async () => {
  await using world = new ControlWorld({ api: never })
  await world.up(
    application({
      components: [webservice('api'), webservice('web'), webservice('log')],
      steps: [`{ name: both, type: step-group, subSteps: [${applyStep('api', 'timeout: 3s')}, ${applyStep('web')}] }`, applyStep('log')],
    }),
  )
  await world.clock.advance(5000)
  expect(steps(world)).toEqual(['both failed', 'api failed', 'web succeeded', 'log skipped'])
})

test('a suspend inside a group must suspend the workflow once nothing else of the group runs; one step can be resumed by its name', async () => {
  await using world = new ControlWorld({ api: { readyMs: 1000 } })
  const environment = await world.up(
    application({
      components: [webservice('api')],
      steps: [`{ name: both, type: step-group, subSteps: [${applyStep('api')}, ${pause('look')}] }`, pause('again')],
    }),
  )
  await world.clock.advance(500)
  expect(world.app().phase).toBe('runningWorkflow')
  await world.until(() => world.app().phase === 'workflowSuspending')
  await environment.workflow({ do: 'resume', application: 'shop', step: 'look' })
  await world.until(() => step(world, 'again')?.phase === 'suspending')
  expect(step(world, 'both')?.phase).toBe('succeeded')
  await environment.workflow({ do: 'resume', application: 'shop', step: 'again' })
  await world.until(() => world.app().phase === 'running')
})

test('a deploy that needs approval must wait for it before anything is applied', async () => {
  await using world = new ControlWorld()
  const environment = await world.up(
    application({ components: [webservice('api')], steps: ['{ name: ship, type: deploy, properties: { auto: false } }'] }),
  )
  await world.clock.advance(60_000)
  expect(world.app().phase).toBe('workflowSuspending')
  expect(world.component('api').applied).toBe(false)
  await environment.workflow({ do: 'resume', application: 'shop' })
  await world.until(() => world.app().phase === 'running')
})

test('an edit while a workflow is suspended must begin a new run', async () => {
  await using world = new ControlWorld()
  const text = (image: string) => application({ components: [webservice('api', image)], steps: [pause('look'), applyStep('api')] })
  const environment = await world.up(text('api:1'))
  await world.up(text('api:2'))
  expect(world.app()).toMatchObject({ revision: 'shop-v2', phase: 'workflowSuspending' })
  await environment.workflow({ do: 'resume', application: 'shop' })
  await world.until(() => world.app().phase === 'running')
  expect(world.component('api').image).toBe('api:2')
})

test('a step may depend on another one by name when steps run side by side', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 1000, code: 0 } } })
  const parts = {
    components: [task('migrate'), webservice('api')],
    steps: [applyStep('api', 'dependsOn: [migrate]'), applyStep('migrate')],
  }
  await world.up(application(parts).replace('  workflow:\n', '  workflow:\n    mode: { steps: DAG }\n'))
  await world.clock.advance(500)
  expect(steps(world)).toEqual(['api pending', 'migrate running'])
  await world.until(() => world.app().phase === 'running')
})
