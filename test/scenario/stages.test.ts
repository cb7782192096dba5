import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

const steps = (world: ControlWorld) => world.app('stages').workflow.steps.map(({ name, phase }) => `${name} ${phase}`)

test('production must wait for the decision and then get its override; staging keeps its own form', async () => {
  await using world = new ControlWorld({ 'web.staging': { readyMs: 500 }, 'web.production': { readyMs: 500 } })
  const environment = await upSample(world, 'samples/oam/stages')
  expect(world.app('stages').workflow.mode).toBe('StepByStep-DAG')
  await world.until(() => world.app('stages').phase === 'workflowSuspending')
  expect(steps(world)).toEqual(['deploy-staging succeeded', 'approve suspending', 'deploy-production pending', 'tell-the-team pending'])
  expect(world.app('stages').workflow).toMatchObject({ status: 'suspending', suspended: true, finished: false })
  expect(world.app('stages').workflow.steps[1]?.message).toBe('look at staging, then resume')
  expect(world.app('stages').components.map(({ key, applied }) => `${key} ${applied}`)).toEqual([
    'web.staging true',
    'caller.staging true',
    'web.production false',
    'caller.production false',
  ])
  await world.clock.advance(3_600_000)
  expect(world.component('web.production').replicas).toEqual([])
  await environment.workflow({ do: 'resume', application: 'stages' })
  await world.until(() => world.app('stages').phase === 'running')
  expect(world.component('web.staging')).toMatchObject({ namespace: 'staging', message: 'Ready:1/1' })
  expect(world.component('web.production')).toMatchObject({ namespace: 'production', message: 'Ready:3/3', healthy: true })
  expect(steps(world).at(-1)).toBe('tell-the-team succeeded')
  expect(world.events('workflow.notification')).toMatchObject([
    { app: 'stages', step: 'tell-the-team', channels: ['slack'], message: 'production runs the new version' },
  ])
  for (const [host, component] of [
    ['staging.example.com', 'web.staging'],
    ['www.example.com', 'web.production'],
  ] as const) {
    const { replica } = await world.engine.request('test', { host, path: '/' })
    expect(world.replicas(component)).toContain(replica)
  }
  expect(JSON.stringify(world.environment.config())).not.toContain('hooks.slack.example.com')
})

test('a workflow that was suspended must still be suspended after the daemon was replaced, and go on when told', async () => {
  await using world = new ControlWorld()
  await upSample(world, 'samples/oam/stages')
  await world.until(() => world.app('stages').phase === 'workflowSuspending')
  const staging = world.replicas('web.staging')
  await world.restartDaemon()
  await world.clock.advance(60_000)
  expect(world.app('stages').phase).toBe('workflowSuspending')
  expect(steps(world)).toEqual(['deploy-staging succeeded', 'approve suspending', 'deploy-production pending', 'tell-the-team pending'])
  await world.environment.workflow({ do: 'resume', application: 'stages' })
  await world.until(() => world.app('stages').phase === 'running')
  expect(world.replicas('web.staging')).toEqual(staging)
  expect(world.component('web.production').message).toBe('Ready:3/3')
})

test('the overrides of one stage must be explained with where they were written', async () => {
  await using world = new ControlWorld()
  const environment = await upSample(world, 'samples/oam/stages')
  await world.until(() => world.app('stages').phase === 'workflowSuspending')
  await environment.workflow({ do: 'resume', application: 'stages' })
  await world.until(() => world.app('stages').phase === 'running')
  expect(JSON.stringify(environment.explain('web.production').resolved)).toContain('"value":"production"')
  expect(JSON.stringify(environment.explain('web.staging').resolved)).toContain('"value":"staging"')
})
