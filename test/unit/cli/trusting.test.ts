import { describe, expect, test } from '@jest/globals'
import type { TrustTools } from '../../../src/cli/trust/trust-tools.ts'
import { callCli } from '../../kit/cli-run.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { AUTHORITY, aSystem, type TrustingSystem } from '../../kit/trusting-system.ts'

const ANCHOR = '/usr/local/share/ca-certificates/minipaas-local-authority.crt'
const INSTALL = [`sudo install -m 0644 ${AUTHORITY.path} ${ANCHOR}`, 'sudo update-ca-certificates']
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'

async function call(system: TrustingSystem, args: readonly string[], terminal: 'yes' | 'no' = 'no'): ReturnType<typeof callCli> {
  using home = scratchDirectory()
  return await callCli(['trust', ...args], { home: home.path, terminal, host: { trustTools: async () => system.tools } })
}

test('makes the authority, says what it would change, and changes nothing by itself', async () => {
  const system = aSystem()
  const { code, stdout, stderr } = await call(system, [])
  expect(code).toBe(0)
  expect(system.made).toBe(true)
  expect(system.ran).toEqual([])
  expect(system.asked).toEqual([])
  expect(stdout).toContain(`certificate  ${AUTHORITY.path}\n`)
  expect(stdout).toContain('vouches for  localhost, example.com, names below them and the loopback addresses; nothing else\n')
  expect(stdout).toContain(INSTALL.map((line) => `  ${line}\n`).join(''))
  expect(stdout).toContain(`export NODE_EXTRA_CA_CERTS=${AUTHORITY.path}\n`)
  expect(stderr).toContain('Nothing was changed.')
})

test.each<['yes' | 'no', readonly string[]]>([
  ['yes', INSTALL],
  ['no', []],
])('asks at a terminal, and %s is an answer', async (answer, ran) => {
  const system = aSystem({ answer })
  expect((await call(system, [], 'yes')).code).toBe(0)
  expect(system.asked).toEqual(['Run these commands? [y/N] '])
  expect(system.ran).toEqual(ran)
})

test('--yes runs the commands that were shown, without asking', async () => {
  const system = aSystem()
  const { stderr } = await call(system, ['--yes'])
  expect(system.asked).toEqual([])
  expect(system.ran).toEqual(INSTALL)
  for (const line of INSTALL) expect(stderr).toContain(`$ ${line}\n`)
})

test('--print asks nobody and runs nothing', async () => {
  const system = aSystem({ answer: 'yes' })
  const { stdout } = await call(system, ['--print'], 'yes')
  expect(stdout).toContain(INSTALL[0])
  expect([system.asked, system.ran]).toEqual([[], []])
  expect((await call(system, ['--print', '--yes'])).code).toBe(2)
})

test('a system that trusts it already is left alone', async () => {
  const system = aSystem()
  system.files.set(BUNDLE, `others\n${AUTHORITY.text}`)
  const { code, stderr } = await call(system, ['--yes'])
  expect([code, stderr, system.ran]).toEqual([0, 'This system trusts it already.\n', []])
})

test('--uninstall takes it back', async () => {
  const system = aSystem()
  expect((await call(system, ['--uninstall', '--yes'])).stderr).toBe('There is no local authority, so nothing trusts it.\n')
  expect(system.made).toBe(false)
  system.made = true
  expect((await call(system, ['--uninstall', '--yes'])).stderr).toBe('This system does not trust it.\n')
  system.files.set(BUNDLE, AUTHORITY.text)
  await call(system, ['--uninstall', '--yes'])
  expect(system.ran).toEqual([`sudo rm -f ${ANCHOR}`, 'sudo update-ca-certificates --fresh'])
})

test('a command that fails ends it, and the rest is not run', async () => {
  const system = aSystem({ exit: () => 1 })
  const { code, stderr } = await call(system, ['--yes'])
  expect(code).toBe(1)
  expect(system.ran).toEqual([INSTALL[0]])
  expect(stderr).toContain('MP8110')
  expect(stderr).toContain('ended with code 1')
})

test('JSON says the same', async () => {
  const { stdout } = await call(aSystem(), ['--format', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    authority: { name: AUTHORITY.name, path: AUTHORITY.path },
    trusted: false,
    commands: INSTALL.map((line) => line.split(' ')),
  })
})

describe.each<[string, Partial<TrustTools>, readonly string[], readonly string[]]>([
  [
    'a system with update-ca-trust, as root',
    { isRoot: true, exists: (path) => path === '/etc/pki/ca-trust/source/anchors' },
    [`install -m 0644 ${AUTHORITY.path} /etc/pki/ca-trust/source/anchors/minipaas-local-authority.crt`, 'update-ca-trust extract'],
    [],
  ],
  [
    'a system with trust',
    { exists: (path) => path === '/etc/ca-certificates/trust-source/anchors' },
    [
      `sudo install -m 0644 ${AUTHORITY.path} /etc/ca-certificates/trust-source/anchors/minipaas-local-authority.crt`,
      'sudo trust extract-compat',
    ],
    [],
  ],
  [
    'macOS',
    { platform: 'darwin', userHome: '/Users/ann' },
    [`security add-trusted-cert -r trustRoot -k /Users/ann/Library/Keychains/login.keychain-db ${AUTHORITY.path}`],
    [`security verify-cert -q -L -c ${AUTHORITY.path}`],
  ],
  [
    'Windows',
    { platform: 'win32' },
    [`certutil -user -addstore Root ${AUTHORITY.path}`],
    [`certutil -user -verifystore Root ${AUTHORITY.name}`],
  ],
])('%s', (_name, changes, install, looks) => {
  test('is changed in its own way', async () => {
    const looked: string[] = []
    const system = aSystem({
      ...changes,
      exit: (line) => {
        const isLook = /verif/.test(line)
        if (isLook) looked.push(line)
        return isLook ? 1 : 0
      },
    })
    await call(system, ['--yes'])
    expect(system.ran).toEqual(install)
    expect(looked).toEqual(looks)
  })
})

test('a system without a known way gets hints only', async () => {
  const system = aSystem({ platform: 'freebsd' })
  const { code, stdout } = await call(system, ['--yes'])
  expect(code).toBe(0)
  expect(stdout).toContain('No way is known here to change what the system trusts.')
  expect(stdout).toContain('NODE_EXTRA_CA_CERTS')
  expect(system.ran).toEqual([])
})

test('doctor tells whether the authority is there and trusted', async () => {
  const system = aSystem()
  using home = scratchDirectory()
  const check = async (): Promise<unknown> => {
    const { stdout } = await callCli(['doctor', '--format', 'json'], { home: home.path, host: { trustTools: async () => system.tools } })
    return (JSON.parse(stdout) as readonly { readonly name: string }[]).find(({ name }) => name === 'local authority')
  }
  expect(await check()).toMatchObject({ state: 'ok', detail: expect.stringContaining('none yet') })
  system.made = true
  expect(await check()).toMatchObject({ state: 'warning', fix: expect.stringContaining('minipaas trust') })
  system.files.set(BUNDLE, AUTHORITY.text)
  expect(await check()).toMatchObject({ state: 'ok', detail: expect.stringContaining('is trusted') })
})
