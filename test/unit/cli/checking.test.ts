import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { COMMANDS } from '../../../src/cli/catalogue/commands.ts'
import type { Check } from '../../../src/cli/doctor/check.ts'
import type { Host } from '../../../src/cli/invocation.ts'
import type { LoadRequest } from '../../../src/dialects/loading.ts'
import { fail, succeed } from '../../../src/kernel/outcome.ts'
import type { AppModel } from '../../../src/model/app-model.ts'
import { callCli } from '../../kit/cli-run.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'

const unknownKey = { code: 'MP2001', severity: 'warning', message: 'unknown key "imag"' } as const
const noComponents = { code: 'MP2002', severity: 'error', message: 'components are missing' } as const
const model = { name: 'shop', namespace: 'default', components: [{ key: 'web', name: 'web' }] } as unknown as AppModel

test('validate loads in this process, without a daemon', async () => {
  using home = scratchDirectory()
  writeFileSync(join(home.path, 'app.yaml'), 'text')
  const seen: [LoadRequest, string | undefined][] = []
  const loadModel: Host['loadModel'] = async (request, files) => {
    seen.push([request, await files.readText(join(home.path, 'app.yaml'))])
    return {
      outcome: succeed({ applications: [model], secrets: new Map() }, [unknownKey]),
      shown: [unknownKey],
      watched: [],
      locate: () => undefined,
    }
  }
  const answer = await callCli(['validate', '--strict'], { home: home.path, host: { loadModel }, env: { TAG: '7' } })
  expect(answer).toEqual({ code: 0, stdout: 'shop: valid, 1 component (web)\n', stderr: 'warning MP2001  unknown key "imag"\n' })
  expect(seen).toMatchObject([[{ directory: home.path, strict: true, environment: { TAG: '7' } }, 'text']])
})

test('validate ends with 3 when the model is wrong', async () => {
  using home = scratchDirectory()
  const loadModel: Host['loadModel'] = async () => ({
    outcome: fail(noComponents),
    shown: [noComponents],
    watched: [],
    locate: () => undefined,
  })
  const settings = { home: home.path, host: { loadModel } }
  expect(await callCli(['validate', '-f', '-'], settings)).toEqual({
    code: 3,
    stdout: '',
    stderr: 'error MP2002  components are missing\nnot valid: 1 error\n',
  })
  const { stdout } = await callCli(['validate', '-f', '-', '--format', 'json'], settings)
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, valid: false, applications: [], diagnostics: [{ code: 'MP2002' }] })
})

const failing: Check = { name: 'moon engine', fix: 'fly there', look: () => Promise.reject(new Error('too far')) }

test('doctor checks the machine; what failed comes with a fix and exit code 1', async () => {
  using home = scratchDirectory()
  const well = await callCli(['doctor', '--format', 'json'], { home: home.path })
  expect(JSON.parse(well.stdout)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'node', state: 'ok' }),
      expect.objectContaining({ name: 'file events', state: 'ok' }),
    ]),
  )
  const { code, stdout } = await callCli(['doctor'], { home: home.path, host: { engineChecks: async () => [failing] } })
  expect(code).toBe(1)
  expect(stdout).toContain('✘ moon engine: too far\n    fix: fly there\n')
})

test('version names this program and the daemon', async () => {
  await using daemon = await ScriptedDaemon.open()
  const { stdout } = await callCli(['version'], { home: daemon.home })
  expect(stdout).toBe(`minipaas 1.2.3\nnode     ${process.version}\ndaemon   1.2.3 (pid ${process.pid})\n`)
  expect(await callCli(['--version'], { home: daemon.home })).toMatchObject({ code: 0, stdout: '1.2.3\n' })
})

test.each(['bash', 'zsh', 'fish'])('completion for %s knows every command', async (shell) => {
  using home = scratchDirectory()
  const { code, stdout } = await callCli(['completion', shell], { home: home.path })
  expect(code).toBe(0)
  for (const { name } of COMMANDS) expect(stdout).toContain(name)
  expect(stdout).toContain('wait-timeout')
})

test.each([
  [[], 2, 'Usage: minipaas [options] <command>'],
  [['pss'], 2, "unknown command 'pss'\n(Did you mean ps?)"],
  [['ps', '--al'], 2, "unknown option '--al'\n(Did you mean --all?)"],
  [['completion', 'tcsh'], 2, 'completion: "tcsh" is none of bash, zsh, fish'],
  [['exec', 'web'], 2, "missing required argument 'command'"],
])('%j ends with %i', async (args, expected, message) => {
  using home = scratchDirectory()
  const { code, stderr } = await callCli(args, { home: home.path })
  expect(stderr).toContain(message)
  expect(code).toBe(expected)
})
