import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Credentials } from '../../../../../../runtime/engines/docker/images/credentials.ts'
import { systemClock } from '../../../../../../runtime/time/system-clock.ts'
import { scratchDirectory } from '../../../../../kit/scratch.ts'

const nobody = new AbortController().signal
const HUB = 'https://index.docker.io/v1/'
const auth = Buffer.from('ada:open:sesame').toString('base64')
let home: ReturnType<typeof scratchDirectory>

beforeEach(() => {
  home = scratchDirectory()
  mkdirSync(join(home.path, '.docker'))
  mkdirSync(join(home.path, 'bin'))
})
afterEach(() => home[Symbol.dispose]())

function credentials(config?: unknown, env: Readonly<Record<string, string>> = {}): Credentials {
  if (config !== undefined)
    writeFileSync(join(home.path, '.docker/config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  const place = { env: { PATH: `${join(home.path, 'bin')}:${process.env.PATH}`, ...env }, homeDirectory: home.path }
  return new Credentials(place, systemClock)
}

function helper(name: string, script: string): void {
  writeFileSync(join(home.path, 'bin', `docker-credential-${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

describe('entries of the file', () => {
  test.each([
    ['docker.io', HUB],
    ['docker.io', 'index.docker.io'],
    ['docker.io', 'docker.io'],
    ['docker.io', 'https://registry-1.docker.io/v2/'],
    ['registry.example.com', 'registry.example.com'],
    ['registry.example.com', 'https://registry.example.com'],
    ['registry.example.com', 'https://registry.example.com/v1/'],
    ['127.0.0.1:5000', '127.0.0.1:5000'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000/v2/'],
  ])('of %s under %s', async (registry, key) => {
    const found = await credentials({ auths: { [key]: { auth } } }).of(registry, nobody)
    const serveraddress = registry === 'docker.io' ? HUB : registry
    expect(found).toEqual({ auth: { username: 'ada', password: 'open:sesame', serveraddress } })
  })

  test.each([
    [
      { username: 'ada', password: 'x' },
      { username: 'ada', password: 'x' },
    ],
    [
      { auth, identitytoken: 'token' },
      { username: 'ada', identitytoken: 'token' },
    ],
    [{ registrytoken: 'token' }, { registrytoken: 'token' }],
    [{ auth: Buffer.from('ada:x\0').toString('base64') }, { username: 'ada', password: 'x' }],
  ])('%j', async (entry, expected) => {
    const found = await credentials({ auths: { 'example.com': entry } }).of('example.com', nobody)
    expect(found).toEqual({ auth: { ...expected, serveraddress: 'example.com' } })
  })

  test.each([
    [undefined],
    [{}],
    [{ auths: {} }],
    [{ auths: { 'example.com': {} } }],
    [{ auths: { 'other.example.com': { auth } } }],
    [{ auths: { 'example.com:5000': { auth } } }],
    [{ auths: { 'example.com': { auth: 'ada' } } }],
  ])('%j holds none', async (config) => {
    expect(await credentials(config).of('example.com', nobody)).toEqual({})
  })

  test('DOCKER_CONFIG names another directory', async () => {
    mkdirSync(join(home.path, 'other'))
    writeFileSync(join(home.path, 'other/config.json'), JSON.stringify({ auths: { 'example.com': { auth } } }))
    const found = await credentials({}, { DOCKER_CONFIG: join(home.path, 'other') }).of('example.com', nobody)
    expect(found.auth).toMatchObject({ username: 'ada' })
  })

  test.each([['{'], ['[]']])('a file that holds %s is a problem, not an error', async (text) => {
    const found = await credentials(text).of('example.com', nobody)
    expect(found.problem).toMatch(/config\.json cannot be used: /)
  })

  test('of several registries by the key of the engine', async () => {
    const config = { auths: { [HUB]: { auth }, 'example.com': { username: 'bob', password: 'x' } } }
    const { auths, problems } = await credentials(config).ofAll(new Set(['docker.io', 'example.com', 'none.example.com']), nobody)
    expect(Object.keys(auths).sort()).toEqual(['example.com', HUB])
    expect(problems).toEqual([])
  })
})

describe('helpers', () => {
  test('are asked for the key of the registry, and come before the file', async () => {
    helper('one', `read server; echo "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"`)
    const config = { credHelpers: { 'example.com': 'one' }, auths: { 'example.com': { auth } } }
    expect((await credentials(config).of('example.com', nobody)).auth).toEqual({
      username: 'example.com',
      password: 's',
      serveraddress: 'example.com',
    })
    expect((await credentials({ credsStore: 'one' }).of('docker.io', nobody)).auth).toMatchObject({ username: HUB })
  })

  test('one of its own comes before the one for all', async () => {
    helper('one', `echo '{"Username":"one","Secret":"s"}'`)
    helper('all', `echo '{"Username":"all","Secret":"s"}'`)
    const some = credentials({ credHelpers: { 'example.com': 'one' }, credsStore: 'all' })
    expect((await some.of('example.com', nobody)).auth).toMatchObject({ username: 'one' })
    expect((await some.of('other.example.com', nobody)).auth).toMatchObject({ username: 'all' })
  })

  test('may answer an identity token', async () => {
    helper('one', `echo '{"Username":"<token>","Secret":"refresh"}'`)
    expect(await credentials({ credsStore: 'one' }).of('example.com', nobody)).toEqual({
      auth: { identitytoken: 'refresh', serveraddress: 'example.com' },
    })
  })

  test('that know nothing leave it to the file', async () => {
    helper('one', 'echo "credentials not found in native keychain"; exit 1')
    const found = await credentials({ credsStore: 'one', auths: { 'example.com': { auth } } }).of('example.com', nobody)
    expect(found.auth).toMatchObject({ username: 'ada' })
  })

  test.each([
    ['exit 3', /docker-credential-one ended with code 3$/],
    ['echo "no key ring" >&2; exit 1', /ended with code 1: no key ring/],
    ['echo nonsense', /answered something that is no credential/],
    ['echo \'{"Username":"ada"}\'', /answered something that is no credential/],
  ])('that answer %j are a problem', async (script, problem) => {
    helper('one', script)
    expect((await credentials({ credsStore: 'one' }).of('example.com', nobody)).problem).toMatch(problem)
  })

  test('that are not installed are a problem', async () => {
    expect((await credentials({ credsStore: 'nowhere' }).of('example.com', nobody)).problem).toMatch(/docker-credential-nowhere/)
  })

  test('never see their answers repeated', async () => {
    helper('one', `echo '{"Username":"ada","Secret":"open-sesame"'`)
    expect(JSON.stringify(await credentials({ credsStore: 'one' }).of('example.com', nobody))).not.toContain('open-sesame')
  })

  test('that take too long for their caller are ended', async () => {
    helper('one', 'exec sleep 1000')
    const stop = new AbortController()
    const asking = credentials({ credsStore: 'one' }).of('example.com', stop.signal)
    asking.catch(() => undefined)
    stop.abort(new DOMException('no longer wanted', 'AbortError'))
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' })
  })
})
