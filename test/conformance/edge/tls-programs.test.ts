import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { LocalCertificates } from '../../../runtime/certificates/certificate-source.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { ensureDebianPackages } from '../../kit/docker/debian-packages.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { aBackend, aTable, EdgeWorld, webListener } from './edge-world.ts'
import { ReplicaServer } from './replica-server.ts'
import { tlsListenerOf } from './tls-world.ts'

beforeAll(
  () => ensureDebianPackages({ openssl: 'openssl', curl: 'curl' }, 'TLS is tested with these clients: install them first.'),
  120_000,
)

interface Given {
  /** For its standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program; its whole output. */
function run(
  program: string,
  args: readonly string[],
  given: Given = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { input = '', env = {} } = given
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env } })
    let output = ''
    const add = (chunk: Buffer): void => {
      output += chunk.toString('latin1')
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.on('error', reject).on('close', (code) => resolve({ code, output }))
    child.stdin.on('error', () => {}).end(input)
  })
}

interface Place extends AsyncDisposable {
  readonly port: number
  /** The authority's certificate. */
  readonly file: string
  readonly folder: string
}

/** An edge with the certificates of a local authority, as the daemon makes them. */
async function secured(...hosts: readonly string[]): Promise<Place> {
  const scratch = scratchDirectory()
  const source = new LocalCertificates(scratch.path, systemClock)
  const { certificates } = source.certify({ hosts }, undefined)
  const server = await ReplicaServer.start((incoming, response) => response.end(`<hello ${incoming.headers['x-forwarded-proto']}>`))
  const world = new EdgeWorld()
  const backend = aBackend('web', { replicas: [server.replica()] })
  await world.push(aTable({ backends: [backend], listeners: [webListener, tlsListenerOf(...certificates)] }))
  return {
    port: world.port('web-tls'),
    folder: scratch.path,
    file: join(scratch.path, 'authority', 'minipaas-authority.pem'),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      scratch[Symbol.dispose]()
    },
  }
}

const HOSTS = ['localhost', '*.shop.localhost', 'greeting.example.com']

test('openssl verifies the chain, the name and the constraints of the authority, and agrees on a protocol', async () => {
  await using place = await secured(...HOSTS)
  const connection = ['s_client', '-connect', `127.0.0.1:${place.port}`, '-CAfile', place.file, '-verify_return_error', '-x509_strict']
  const request = 'GET / HTTP/1.1\r\nHost: web.shop.localhost\r\nConnection: close\r\n\r\n'
  const named = (name: string): readonly string[] => [...connection, '-servername', name, '-verify_hostname', name]
  for (const name of ['web.shop.localhost', 'localhost', 'greeting.example.com']) {
    const { output } = await run('openssl', [...named(name), '-alpn', 'h3,http/1.1', '-ign_eof'], { input: request })
    expect(output).toContain('Verify return code: 0 (ok)')
    expect(output).toContain('ALPN protocol: http/1.1')
    expect(output).toContain('<hello https>')
  }
  expect((await run('openssl', named('web.bank.localhost'))).output).toMatch(/[Hh]ostname mismatch/)
})

test('a name that the authority may not vouch for has a certificate of its own, which clients refuse', async () => {
  await using place = await secured(...HOSTS, 'shop.corp.internal')
  const connection = ['s_client', '-connect', `127.0.0.1:${place.port}`, '-CAfile', place.file, '-x509_strict']
  const refused = await run('openssl', [...connection, '-servername', 'shop.corp.internal'])
  expect(refused.output).toMatch(/permitted subtree violation/)
  expect((await run('openssl', [...connection, '-servername', 'web.shop.localhost'])).output).toContain('Verify return code: 0 (ok)')
})

test('curl gets an answer with the authority, and none without', async () => {
  await using place = await secured(...HOSTS)
  const address = [
    '-sS',
    '--http1.1',
    '--resolve',
    `web.shop.localhost:${place.port}:127.0.0.1`,
    `https://web.shop.localhost:${place.port}/`,
  ]
  expect(await run('curl', ['--cacert', place.file, ...address])).toEqual({ code: 0, output: '<hello https>' })
  const [, ...withHttp2] = address.filter((option) => option !== '--http1.1')
  const version = ['--http2', '-o', '/dev/null', '-w', '%{http_version} %{response_code}']
  expect(await run('curl', ['--cacert', place.file, '-sS', ...version, ...withHttp2])).toEqual({ code: 0, output: '2 200' })
  const empty = join(place.folder, 'nobody.pem')
  writeFileSync(empty, '')
  expect((await run('curl', ['--cacert', empty, ...address])).code).not.toBe(0)
  const wrong = ['-sS', `http://127.0.0.1:${place.port}/`]
  expect((await run('curl', wrong)).output).toMatch(/this port speaks TLS/)
})

test('fetch of another Node gets an answer once it is told of the authority, as `minipaas trust` says', async () => {
  await using place = await secured(...HOSTS)
  const program = `fetch('https://localhost:${place.port}/').then((answer) => answer.text()).then((text) => process.stdout.write(text), (error) => {
    process.stdout.write(error.cause.code)
  })`
  const told = { NODE_EXTRA_CA_CERTS: place.file }
  expect(await run(process.execPath, ['-e', program], { env: told })).toEqual({ code: 0, output: '<hello https>' })
  const untold = { NODE_EXTRA_CA_CERTS: '' }
  expect((await run(process.execPath, ['-e', program], { env: untold })).output).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED_CERT/)
})
