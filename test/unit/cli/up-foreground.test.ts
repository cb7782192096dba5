import { expect, test } from '@jest/globals'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { StepKey } from '../../../src/model/step.ts'
import type { ApplyRequest } from '../../../src/wire/requests.ts'
import { startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, logRecord, pendingView, replicaView } from '../../kit/views.ts'

const model = ['-f', '-']
const web = 'web' as ComponentKey

function containing(text: () => string, part: string): Promise<true> {
  return eventually(() => (text().includes(part) ? true : undefined)).catch(() => {
    throw new Error(`"${part}" is not in:\n${text()}`)
  })
}

test('shows transitions, then addresses and output, and ends what it started on the first interrupt', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('web')]))
  const run = startCli(['up', ...model], { home: daemon.home, stdin: 'kind: Application' })
  await containing(run.stderr, 'shop on the process engine (the model has no images to build or pull)')
  daemon.emit({ type: 'step.started', key: 'start web' as StepKey, action: 'startReplica', cause: 'new', group: 'web' })
  daemon.emit({ type: 'step.done', key: 'start web' as StepKey, action: 'startReplica', cause: 'new', group: 'web' })
  await containing(run.stderr, 'web: Started')
  daemon.print(logRecord('web', 'listening'), logRecord('web', 'proxying', { source: 'sidecar', container: 'daprd' }))
  daemon.show(
    applicationView([componentView('web', { endpoints: [{ ref: 'Service/web', url: 'http://web.shop.localhost:8080', inner: false }] })]),
  )
  await containing(run.stderr, 'http://web.shop.localhost:8080')
  await containing(run.stdout, 'web-0 | listening')

  daemon.onDown = () => {}
  run.interrupt()
  await containing(run.stderr, 'gracefully stopping (press Ctrl+C again to force)')
  await eventually(() => daemon.callsOf('down')[0])
  daemon.remove({ applications: ['shop'] })
  expect(await run.exit).toBe(0)
  expect(run.stdout()).toBe('web-0 | listening\n')
  expect(
    run
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('web: ')),
  ).toEqual(['web: Starting', 'web: Started', 'web: Healthy', 'web: Removed'])
  expect(daemon.callsOf('apply')).toMatchObject([
    { session: 'test-1', files: [{ stdin: 'kind: Application' }], watch: true } satisfies Partial<ApplyRequest>,
  ])
  expect(daemon.callsOf('down')).toMatchObject([{ applications: ['shop'] }])
  await eventually(() => (daemon.sessions.length === 2 ? true : undefined))
  expect(daemon.sessions).toEqual(['connect', 'leave'])
})

test('ends at once on the second interrupt, and says so with the exit code', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  daemon.onDown = (order) => {
    if (order.timeout === 0) daemon.remove(order)
  }
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'ready')
  run.interrupt()
  await containing(run.stderr, 'gracefully stopping')
  await eventually(() => daemon.callsOf('down')[0])
  run.interrupt()
  expect(await run.exit).toBe(130)
  expect(daemon.callsOf('down')).toMatchObject([{ applications: ['shop'] }, { applications: ['shop'], timeout: 0 }])
})

test('does not return while replicas are left', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  daemon.onDown = () => {}
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'ready')
  run.interrupt()
  await eventually(() => daemon.callsOf('down')[0])
  let ended = false
  void run.exit.then(() => {
    ended = true
  })
  daemon.show(applicationView([componentView('web', { healthy: false, replicas: [replicaView('web', { phase: 'draining' })] })]))
  daemon.emit({ type: 'replica.changed', replica: replicaView('web').id, component: web, phase: 'removed' })
  await containing(run.stderr, 'web: Removing')
  expect(ended).toBe(false)
  daemon.remove({ applications: [] })
  expect(await run.exit).toBe(0)
})

test('an interrupt before the answer stops as well', async () => {
  await using daemon = await ScriptedDaemon.open()
  let interrupt = (): void => {}
  daemon.onApply = () => {
    daemon.show(applicationView([pendingView('web')]))
    interrupt()
  }
  const run = startCli(['up', ...model], { home: daemon.home })
  interrupt = () => run.interrupt()
  expect(await run.exit).toBe(0)
  expect(daemon.callsOf('down')).toHaveLength(1)
})

test('one-shots that end well end the command with 0', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('migrate', { kind: 'Job' })]))
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'shop on the process engine')
  daemon.show(
    applicationView([componentView('migrate', { kind: 'Job', replicas: [replicaView('migrate', { phase: 'exited', exitCode: 0 })] })]),
  )
  expect(await run.exit).toBe(0)
  expect(run.stderr()).toContain('migrate: Completed')
  expect(daemon.callsOf('down')).toHaveLength(1)
})

test('a one-shot that fails ends the command with 18 and its last output', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.lines.push(logRecord('migrate', 'no such table'))
  daemon.onApply = () =>
    daemon.show(
      applicationView([
        pendingView('migrate', { kind: 'Job', holds: [{ subject: 'migrate', reason: 'failed', on: ['exit code 1 after 6 retries'] }] }),
      ]),
    )
  const run = startCli(['up', ...model], { home: daemon.home })
  expect(await run.exit).toBe(18)
  expect(run.stderr()).toContain('failed migrate: failed: exit code 1 after 6 retries\n  migrate-0 | no such table\n')
})

test('a model that is rejected later is shown with its excerpt, and everything keeps running', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'ready')
  daemon.emit({
    type: 'model.rejected',
    app: 'shop',
    diagnostics: [
      {
        code: 'MP2101',
        severity: 'error',
        message: 'unknown trait "gatewy"',
        origin: { file: '/project/app.yaml', doc: 0, path: [] },
        line: 12,
        column: 9,
        excerpt: '12 |   - type: gatewy\n   |           ^^^^^^',
        hint: 'did you mean "gateway"?',
      },
    ],
  })
  await containing(run.stderr, 'model rejected: shop keeps running as it was')
  expect(run.stderr()).toContain(
    'error MP2101  unknown trait "gatewy"\n  /project/app.yaml:12:9\n    12 |   - type: gatewy\n       |           ^^^^^^\n  did you mean "gateway"?\n',
  )
  run.interrupt()
  expect(await run.exit).toBe(0)
})

test('goes on with a daemon that was started again, under the same session', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'ready')
  await daemon.replace('9.9.9')
  await containing(run.stderr, 'the daemon went away')
  await eventually(() => (daemon.sessions.filter((event) => event === 'connect').length === 2 ? true : undefined))
  daemon.emit({ type: 'component.unhealthy', component: web, message: 'Ready:0/1' })
  await containing(run.stderr, 'web: unhealthy (Ready:0/1)')
  run.interrupt()
  expect(await run.exit).toBe(0)
})

test('a refused model ends with 3, the diagnostics and a goodbye', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.refuseNext(422, {
    code: 'MP1001',
    message: 'the model has errors',
    next: 'correct them and run the command again',
    diagnostics: [
      {
        code: 'MP1002',
        severity: 'error',
        message: 'a mapping key is missing',
        line: 3,
        column: 1,
        origin: { file: '-', doc: 0, path: [] },
      },
    ],
  })
  const run = startCli(['up', ...model], { home: daemon.home })
  expect(await run.exit).toBe(3)
  expect(run.stderr()).toBe(
    'error MP1002  a mapping key is missing\n  <stdin>:3:1\nerror MP1001 the model has errors\nnext: correct them and run the command again\n',
  )
  await eventually(() => (daemon.sessions.includes('leave') ? true : undefined))
})

test('prints each line of a one-shot once, though the news of its end overtakes the last ones', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('migrate', { kind: 'Job' })])])
  const run = startCli(['up', ...model], { home: daemon.home })
  // Without the wake-up of `print`, only a reading that begins later sees them.
  daemon.lines.push(logRecord('migrate', 'one'), logRecord('migrate', 'two'))
  await eventually(() => daemon.callsOf('down')[0])
  daemon.remove({ applications: ['shop'] })
  expect(await run.exit).toBe(0)
  expect(run.stdout()).toBe('migrate-0 | one\nmigrate-0 | two\n')
})

test('ends when somebody else ends the applications', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const run = startCli(['up', ...model], { home: daemon.home })
  await containing(run.stderr, 'ready')
  daemon.remove({ applications: ['shop'] })
  expect(await run.exit).toBe(0)
  expect(run.stderr()).toContain('the applications were ended')
  expect(daemon.callsOf('down')).toEqual([])
})

test('--format json reports everything as lines on standard output', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  daemon.lines.push(logRecord('web', 'hello'))
  const run = startCli(['up', ...model, '--format', 'json'], { home: daemon.home })
  await containing(run.stdout, '"type":"ready"')
  await containing(run.stdout, '"type":"log"')
  daemon.emit({ type: 'notice', level: 'info', text: 'hi' })
  await containing(run.stdout, '"hi"')
  run.interrupt()
  expect(await run.exit).toBe(0)
  const records = run
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly schemaVersion: number })
  expect(new Set(records.map((record) => record.schemaVersion))).toEqual(new Set([1]))
  expect([...new Set(records.map((record) => record.type))].sort()).toEqual(['applied', 'event', 'log', 'ready', 'result'])
  expect(records.at(-1)).toMatchObject({ type: 'result', ending: 'interrupted', exitCode: 0 })
})

test('redraws one line per resource on a terminal', async () => {
  await using daemon = await ScriptedDaemon.open()
  daemon.onApply = () => daemon.show(applicationView([pendingView('web'), pendingView('api')]))
  const run = startCli(['up', ...model], { home: daemon.home, terminal: 'yes', env: { NO_COLOR: '1' } })
  await containing(run.stderr, '[+] up 0/2')
  daemon.show(applicationView([componentView('web'), pendingView('api')]))
  await containing(run.stderr, '[+] up 1/2')
  daemon.show(applicationView([componentView('web'), componentView('api')]))
  await containing(run.stderr, '[+] up 2/2\n ✔ web  Healthy')
  run.interrupt()
  expect(await run.exit).toBe(0)
  expect(run.stderr()).toContain('[+] down 2/2')
})
