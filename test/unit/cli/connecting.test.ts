import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { callCli } from '../../kit/cli-run.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

const shop = applicationView([componentView('web')])
const reading = [
  ['ps'],
  ['ls'],
  ['status'],
  ['logs'],
  ['events'],
  ['config'],
  ['explain', 'web'],
  ['exec', 'web', 'ls'],
  ['restart'],
  ['port', 'web'],
]

test.each(reading)('%s starts no daemon when there is nothing to find', async (...args) => {
  using empty = scratchDirectory()
  const { code, stderr } = await callCli(args, { home: empty.path })
  expect(code).toBe(args[0] === 'ps' || args[0] === 'ls' ? 0 : 7)
  expect(stderr).toContain('nothing is running')
})

test('a state directory that cannot be written is no fault of the program', async () => {
  using scratch = scratchDirectory()
  writeFileSync(join(scratch.path, 'file'), '')
  const { code, stderr } = await callCli(['up', '-d', '-f', '-'], { home: join(scratch.path, 'file', 'home') })
  expect(code).toBe(1)
  expect(stderr).toMatch(/error MP8104 the state directory cannot be written: .*ENOTDIR/)
})

test.each([
  ['text that is no JSON', 'nonsense'],
  ['another shape', '{"pid":1}'],
  ['a process that is gone', JSON.stringify({ version: '1.2.3', pid: 2 ** 22 + 1, startTime: '', port: 1, token: 't', instance: 'i' })],
  [
    'a port where nobody answers',
    JSON.stringify({ version: '1.2.3', pid: process.pid, startTime: '', port: 1, token: 't', instance: 'i' }),
  ],
])('a discovery file with %s is no daemon', async (_what, text) => {
  using home = scratchDirectory()
  writeFileSync(join(home.path, 'daemon.json'), text)
  expect(await callCli(['status'], { home: home.path })).toMatchObject({ code: 7 })
})

test('a daemon that is wanted but cannot start is reported with its output', async () => {
  using home = scratchDirectory()
  mkdirSync(join(home.path, 'environments', 'shop'), { recursive: true })
  writeFileSync(join(home.path, 'environments', 'shop', 'state.json'), '{}')
  writeFileSync(join(home.path, 'broken.mjs'), "console.error('no room for me'); process.exit(1)")
  const { code, stderr } = await callCli(['ps'], { home: home.path, daemon: join(home.path, 'broken.mjs') })
  expect(code).toBe(1)
  expect(stderr).toBe(
    [
      'error MP8104 the daemon did not start: it ended with code 1',
      '  no room for me',
      `next: Read its log: ${join(home.path, 'logs', 'daemon.out')}. "minipaas doctor" checks this machine.`,
      '',
    ].join('\n'),
  )
})

/** A daemon that answers with an empty environment list and ends when asked. */
const SMALL_DAEMON = `
import { createServer } from 'node:http'
import { rmSync, writeFileSync } from 'node:fs'
const file = process.env.MINIPAAS_HOME + '/daemon.json'
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(request.url === '/v1/environments' ? '[]' : '{"stopping":true}')
  if (request.url.startsWith('/v1/shutdown')) { rmSync(file, { force: true }); setTimeout(() => process.exit(0), 20) }
})
server.listen(0, '127.0.0.1', () => writeFileSync(file, JSON.stringify({
  version: process.env.SMALL_VERSION, pid: process.pid, startTime: '', port: server.address().port, token: 't', instance: String(process.pid) })))
setTimeout(() => process.exit(0), 15000)
`

test('starts a daemon that finds what is remembered; one of another version is replaced', async () => {
  using home = scratchDirectory()
  mkdirSync(join(home.path, 'environments', 'shop'), { recursive: true })
  writeFileSync(join(home.path, 'environments', 'shop', 'state.json'), '{}')
  const daemon = join(home.path, 'small.mjs')
  writeFileSync(daemon, SMALL_DAEMON)
  const discovery = (): { readonly pid: number; readonly version: string } =>
    JSON.parse(readFileSync(join(home.path, 'daemon.json'), 'utf8'))
  expect(await callCli(['ls', '--format', 'json'], { home: home.path, daemon, env: { SMALL_VERSION: '0.9.0' } })).toMatchObject({
    code: 0,
    stdout: '[]\n',
  })
  const old = discovery()
  expect(old.version).toBe('0.9.0')
  expect(await callCli(['ls', '--format', 'json'], { home: home.path, daemon, env: { SMALL_VERSION: '1.2.3' } })).toMatchObject({ code: 0 })
  const replacement = discovery()
  expect(replacement.version).toBe('1.2.3')
  expect(() => process.kill(old.pid, 0)).toThrow()
  process.kill(replacement.pid)
})

test('a wrong token is told', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  const file = join(daemon.home, 'daemon.json')
  writeFileSync(file, readFileSync(file, 'utf8').replace('token-of', 'other-of'))
  const { code, stderr } = await callCli(['status'], { home: daemon.home })
  expect(code).toBe(1)
  expect(stderr).toContain('MP8001')
})
