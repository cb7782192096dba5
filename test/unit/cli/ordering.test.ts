import { expect, test } from '@jest/globals'
import { callCli } from '../../kit/cli-run.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

const shop = applicationView([componentView('web'), componentView('api')])

test.each([
  [['restart'], { do: 'restart', components: ['web', 'api'] }, 'web: restarting\napi: restarting\n'],
  [['restart', 'api'], { do: 'restart', components: ['api'] }, 'api: restarting\n'],
  [['start', 'web'], { do: 'start', components: ['web'] }, 'web: starting\n'],
  [['stop', 'web'], { do: 'stop', components: ['web'] }, 'web: stopping\n'],
  [['scale', 'web=3', 'api=0'], { do: 'scale', replicas: { web: 3, api: 0 } }, 'web: scaling\napi: scaling\n'],
])('%j orders %j', async (args, command, stderr) => {
  await using daemon = await ScriptedDaemon.open([shop])
  expect(await callCli(args, { home: daemon.home })).toEqual({ code: 0, stdout: '', stderr })
  expect(daemon.callsOf('command')).toEqual([command])
})

test('an unknown component is ordered nothing', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  expect(await callCli(['scale', 'wep=3'], { home: daemon.home })).toMatchObject({ code: 2 })
  expect(daemon.callsOf('command')).toEqual([])
})

test.each([
  [['workflow', 'suspend'], { do: 'suspend', application: 'shop' }],
  [['workflow', 'resume', 'shop', '--step', 'approve'], { do: 'resume', application: 'shop', step: 'approve' }],
])('%j orders %j', async (args, command) => {
  await using daemon = await ScriptedDaemon.open([shop])
  expect(await callCli(args, { home: daemon.home })).toMatchObject({ code: 0 })
  expect(daemon.callsOf('workflow')).toEqual([command])
})

test.each([
  [[shop, applicationView([componentView('mail')], { name: 'post' })], ['workflow', 'resume'], 'workflow: which application?'],
  [[shop], ['workflow', 'stop'], 'workflow: "stop" is none of suspend, resume, terminate, restart'],
])('workflow refuses what is not clear (%#)', async (applications, args, message) => {
  await using daemon = await ScriptedDaemon.open(applications)
  const { code, stderr } = await callCli(args, { home: daemon.home })
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test.each([
  [
    ['exec', '-e', 'A=1', '-e', 'HOME', '-w', '/srv', '--index', '2', 'web', 'cat', '-n', '--format'],
    { mode: 'exec', component: 'web', ordinal: 2, command: ['cat', '-n', '--format'], env: { A: '1', HOME: '/home/ada' }, workdir: '/srv' },
  ],
  [['exec', 'web', '--', 'ls', '--', 'x'], { mode: 'exec', component: 'web', command: ['ls', '--', 'x'], env: {} }],
  [['exec', '-it', 'web', 'sh', '-c', 'x'], { mode: 'exec', component: 'web', command: ['sh', '-c', 'x'], env: {} }],
  [['run', 'web', 'cat', '-p'], { mode: 'run', component: 'web', command: ['cat', '-p'], env: {} }],
])('%j passes the command on with its input, output and exit code', async (args, request) => {
  await using daemon = await ScriptedDaemon.open([shop])
  const { code, stdout, stderr } = await callCli(args, { home: daemon.home, stdin: 'hello', env: { HOME: '/home/ada' } })
  expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: 'hello', stderr: `$ ${request.command.join(' ')}\n` })
  expect(daemon.callsOf('exec')).toEqual([request])
})

test.each([
  [['exec', 'web', 'sh'], 'docker', { tty: { columns: 100, rows: 40 } }],
  [['exec', '-it', 'web', 'sh'], 'docker', { tty: { columns: 100, rows: 40 } }],
  [['exec', '-T', 'web', 'sh'], 'docker', {}],
  [['exec', 'web', 'sh'], 'process', {}],
])('%j in a terminal on the engine %s asks for %j', async (args, engine, tty) => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.view = { engine: { name: engine, state: 'healthy', detail: '', attributes: {} } }
  expect(await callCli(args, { home: daemon.home, terminal: 'yes' })).toMatchObject({ code: 3 })
  expect(daemon.callsOf('exec')).toEqual([{ mode: 'exec', component: 'web', command: ['sh'], env: {}, ...tty }])
})

test('a command that cannot run because nothing runs ends with 7', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.refuseNext(409, { code: 'MP8011', message: 'web has no running replica' })
  expect(await callCli(['exec', 'web', 'ls'], { home: daemon.home })).toMatchObject({ code: 7 })
})

test('a refused command says why', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.refuseNext(503, { code: 'MP4001', message: 'the engine is away', next: 'start it' })
  expect(await callCli(['restart', '--format', 'json'], { home: daemon.home })).toEqual({
    code: 4,
    stdout: '',
    stderr: '{"error":{"code":"MP4001","message":"the engine is away","next":"start it"}}\n',
  })
})
