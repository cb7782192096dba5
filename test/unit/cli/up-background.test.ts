import { expect, test } from '@jest/globals'
import type { Hold } from '../../../src/model/step.ts'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, logRecord, pendingView, replicaView } from '../../kit/views.ts'

const model = ['-f', '-']
const started = pendingView('web', { replicas: [replicaView('web', { phase: 'running' })] })
const needs: Hold = { subject: 'web', reason: 'needs', on: ['db'] }

test('-d returns once everything is started, without a session', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('web', { holds: [needs] }), pendingView('db')]))
  const run = startCli(['up', ...model, '-d'], { home: daemon.home })
  await eventually(() => daemon.callsOf('apply')[0])
  daemon.show(applicationView([started, pendingView('db')]))
  daemon.show(applicationView([started, componentView('db')]))
  expect(await run.exit).toBe(0)
  expect(daemon.sessions).toEqual([])
  expect(daemon.callsOf('down')).toEqual([])
  expect(run.stderr()).toContain('running in the background')
})

test('--wait goes on until everything is healthy and the workflow is done', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([started]))
  const run = startCli(['up', ...model, '--wait'], { home: daemon.home })
  await eventually(() => daemon.callsOf('apply')[0])
  daemon.show(applicationView([componentView('web')], { phase: 'runningWorkflow' }))
  await eventually(() => (run.stderr().includes('web: Healthy') ? true : undefined))
  expect(run.stderr()).not.toContain('running in the background')
  daemon.show(applicationView([componentView('web')]))
  expect(await run.exit).toBe(0)
})

test('--wait-timeout ends with 17 and says what is pending and why', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('web', { holds: [needs] }), started, componentView('db')].slice(0, 1)))
  const { code, stderr } = await callCli(['up', ...model, '--wait-timeout', '0.2'], { home: daemon.home })
  expect(code).toBe(17)
  expect(stderr).toContain('timeout: not healthy yet:\n  web: pending, waits for db\n')
})

test('a component that keeps crashing ends the command with 18 and its last output', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.lines.push(logRecord('web', 'cannot open port'), logRecord('db', 'fine'))
  const crashing = pendingView('web', {
    holds: [{ subject: 'web', reason: 'crash-backoff', on: ['exit code 1'] }],
    replicas: [replicaView('web', { phase: 'exited', exitCode: 1, restarts: 2 })],
  })
  daemon.onApply = () => daemon.show(applicationView([crashing, componentView('db')]))
  const { code, stderr } = await callCli(['up', ...model, '--wait'], { home: daemon.home })
  expect(code).toBe(18)
  expect(stderr).toContain('failed web: keeps crashing, 2 restarts\n  web-0 | cannot open port\n  all of it: minipaas logs -p shop web\n')
  expect(stderr).not.toContain('fine')
})

test('a start that fails for the third time ends the command with 18, one that failed twice is waited for', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.lines.push(logRecord('web', 'no database', { container: 'migrate', source: 'init' }))
  const failing = (failures: number) => {
    const on = ['start web--1.0: init container migrate ended with exit code 9 (MP4103)']
    return applicationView([pendingView('web', { holds: [{ subject: 'web', reason: 'crash-backoff', on, failures }] })])
  }
  daemon.onApply = () => daemon.show(failing(2))
  const run = startCli(['up', ...model, '--wait'], { home: daemon.home })
  await eventually(() => (daemon.looks >= 1 ? true : undefined))
  daemon.show(failing(2))
  await eventually(() => (daemon.looks >= 2 ? true : undefined))
  daemon.show(failing(3))
  expect(await run.exit).toBe(18)
  expect(run.stderr()).toContain('failed web: keeps failing to start, 3 attempts: start web--1.0: init container migrate ended')
  expect(run.stderr()).toContain('web-0/migrate | no database\n')
})

test('a failed workflow ends the command with 18', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([componentView('web')], { phase: 'workflowFailed', message: 'step deploy: timeout' }))
  const { code, stderr } = await callCli(['up', ...model, '--wait'], { home: daemon.home })
  expect(code).toBe(18)
  expect(stderr).toContain('failed shop: step deploy: timeout')
})

test('-d does not wait for a workflow that waits for the user', async () => {
  await using daemon = await ScriptedDaemon.open()
  const workflow = { ...applicationView([]).workflow, suspended: true }
  daemon.onApply = () =>
    daemon.show(
      applicationView([componentView('db'), pendingView('web', { applied: false })], {
        phase: 'workflowSuspending',
        workflow,
        message: 'step approve',
      }),
    )
  const { code, stderr } = await callCli(['up', ...model, '-d'], { home: daemon.home })
  expect(code).toBe(0)
  expect(stderr).toContain('step approve; go on with: minipaas workflow resume shop')
})

test('--wait says what a workflow waits for, and goes on waiting', async () => {
  await using daemon = await ScriptedDaemon.open()
  const { workflow } = applicationView([])
  const held = { phase: 'workflowSuspending', workflow: { ...workflow, suspended: true }, message: 'step approve' } as const
  daemon.onApply = () => daemon.show(applicationView([componentView('web')], held))
  const run = startCli(['up', ...model, '--wait'], { home: daemon.home })
  await eventually(() =>
    run.stderr().includes('shop: suspended: step approve; go on with: minipaas workflow resume shop') ? true : undefined,
  )
  daemon.show(applicationView([componentView('web')]))
  expect(await run.exit).toBe(0)
})

test('what is not simulated blocks nothing', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () =>
    daemon.show(applicationView([componentView('web'), pendingView('chart', { simulated: false, kind: 'none' })], { phase: 'running' }))
  expect(await callCli(['up', ...model, '--wait'], { home: daemon.home })).toMatchObject({ code: 0 })
})

test('an interrupt leaves the applications running and ends with 130', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('web')]))
  const run = startCli(['up', ...model, '-d'], { home: daemon.home })
  await eventually(() => (run.stderr().includes('shop on the process engine') ? true : undefined))
  run.interrupt()
  expect(await run.exit).toBe(130)
  expect(daemon.callsOf('down')).toEqual([])
  expect(run.stderr()).toContain('End them: minipaas down -p shop')
})

test('options become the request', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const options = ['--build', '--remove-orphans', '--engine', 'process', '--strict', '--scale', 'web=3', '--scale', 'api=0', '--no-watch']
  await callCli(['up', 'web', ...model, '-d', ...options, '--env-file', 'local.env'], { home: daemon.home, cwd: '/work-place' })
  expect(daemon.callsOf('apply')).toEqual([
    {
      files: [{ stdin: '' }],
      directory: '/work-place',
      envFiles: ['/work-place/local.env'],
      environment: { MINIPAAS_PROJECT_NAME: 'shop' },
      components: ['web'],
      engine: 'process',
      build: true,
      removeOrphans: true,
      strict: true,
      scale: { web: 3, api: 0 },
      watch: false,
    },
  ])
})

test('the engine and the values of overlay variables come from the caller', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const env = { MINIPAAS_ENGINE: 'process', TOKEN: 'of this shell' }
  await callCli(['up', ...model, '-d'], { home: daemon.home, env })
  await callCli(['up', ...model, '-d', '--engine', 'docker'], { home: daemon.home, env })
  const orders = daemon.callsOf('apply') as readonly { readonly engine: string; readonly environment: Readonly<Record<string, string>> }[]
  expect(orders.map(({ engine, environment }) => [engine, environment['TOKEN']])).toEqual([
    ['process', 'of this shell'],
    ['docker', 'of this shell'],
  ])
  const wrong = await callCli(['up', ...model, '-d'], { home: daemon.home, env: { MINIPAAS_ENGINE: 'moon' } })
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('MINIPAAS_ENGINE is "moon"')])
})

test.each([
  [['up', '-f', '-', '--scale', 'web'], '--scale: "web" is not of the form component=replicas'],
  [['up', '-f', '-', '--scale', 'web=many'], '--scale: "many" is not a whole number'],
  [['up', '-f', '-', '--wait-timeout', 'soon'], '--wait-timeout: "soon" is not a number'],
  [['up', '-f', '-', '-p', 'My Shop'], 'project name "My Shop" is not a DNS label'],
  [['up', '-f', '-', '--engine', 'moon'], "argument 'moon' is invalid. Allowed choices are auto, docker, process"],
])('%j is a usage error', async (args, message) => {
  await using daemon = await ScriptedDaemon.open()
  const { code, stderr } = await callCli(args, { home: daemon.home })
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})
