import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { get } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { WebSocket } from 'ws'
import { ensureDebianPackages } from '../docker/debian-packages.ts'
import { eventually } from '../eventually.ts'
import { everythingReached, PROTOCOL_APP, type ProtocolRole, SECURE_HOST } from './application.ts'
import { EchoClient } from './echo-client.ts'

/** The application of protocols, running. */
export interface ProtocolWorld extends AsyncDisposable {
  /** Name of the application. */
  readonly name: string
  /** Ports of the listeners of the routes: plain, and over TLS. */
  readonly web: number
  readonly secure: number
  readonly published: Readonly<Record<Exclude<ProtocolRole, 'caller' | 'web'>, number>>
}

const LIMIT = 120_000
const BODY = randomBytes(1_000_000)
const SHA = createHash('sha256').update(BODY).digest('hex')

/** Every protocol through the edge of a real engine, with the clients that people use. */
export function protocolSuite(engine: string, open: () => Promise<ProtocolWorld>): void {
  describe(`protocols on ${engine}`, () => {
    let world: ProtocolWorld
    beforeAll(async () => {
      ensureDebianPackages(
        { curl: 'curl', h2load: 'nghttp2-client', openssl: 'openssl' },
        'The protocols of the edge are tested with these clients: install them first.',
      )
      world = await open()
    }, LIMIT)
    afterAll(async () => {
      await world?.[Symbol.asyncDispose]()
    }, LIMIT)

    const hostOf = (role: ProtocolRole): string => `${role}.${world.name}.localhost`
    const curl = (role: ProtocolRole, path: string, ...options: readonly string[]): Promise<string> => {
      const resolve = `${hostOf(role)}:${world.web}:127.0.0.1`
      return run('curl', ['-sS', '--max-time', '20', '--resolve', resolve, ...options, `http://${hostOf(role)}:${world.web}${path}`])
    }

    test('HTTP/1.1 with curl: bodies with and without a length, HEAD, trailers, early hints, an expectation', async () => {
      expect(JSON.parse(await curl('web', '/a?b=c'))).toMatchObject({ role: 'web', method: 'GET', url: '/a?b=c' })
      expect(await curl('web', '/', '--head')).toMatch(/^HTTP\/1\.1 200/)
      const sent = { length: BODY.length, sha256: SHA }
      const upload = ['--data-binary', '@-', '-H', 'Expect: 100-continue']
      expect(JSON.parse(await curlWith(BODY, 'web', '/', ...upload))).toMatchObject(sent)
      expect(JSON.parse(await curlWith(BODY, 'web', '/', ...upload, '-H', 'Transfer-Encoding: chunked'))).toMatchObject(sent)
      expect(await curl('web', '/trailers', '-i', '--raw')).toMatch(/\r\n0\r\nx-sum: four\r\n\r\n$/i)
      expect(await curl('web', '/hints', '-i')).toMatch(/^HTTP\/1\.1 103 [\s\S]*style\.css[\s\S]*HTTP\/1\.1 200 /)
    })

    test('both replicas take requests over one connection', async () => {
      const pids = new Set<string>()
      const urls = Array.from({ length: 10 }, () => `http://${hostOf('web')}:${world.web}/`)
      const said = await run('curl', ['-sS', '--resolve', `${hostOf('web')}:${world.web}:127.0.0.1`, '-w', '\\n', ...urls])
      for (const line of said.trim().split('\n'))
        pids.add(String((JSON.parse(line) as { replica: string; pid: number }).replica + JSON.parse(line).pid))
      expect(pids.size).toBe(2)
    })

    test('WebSocket with ws', async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${world.web}/`, { headers: { host: hostOf('web') } })
      const heard: string[] = []
      socket.on('message', (data) => heard.push(String(data)))
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
      socket.send('hello')
      await eventually(() => (heard.includes('hello') ? true : undefined))
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.close(1000)
      expect(await closed).toBe(1000)
    })

    test('server-sent events are not kept back', async () => {
      let heard = ''
      get({ host: '127.0.0.1', port: world.web, path: '/events', headers: { host: hostOf('web') } }, (answer) =>
        answer.on('data', (chunk) => {
          heard += String(chunk)
        }),
      )
      await eventually(() => (heard.includes('first') ? true : undefined))
      expect(heard).not.toContain('second')
      // Both replicas are asked, so that the one that waits is.
      await eventually(async () => {
        await curl('web', '/more')
        return heard.includes('second') ? true : undefined
      })
    })

    test('h2c by prior knowledge with curl, to a server that speaks HTTP/2', async () => {
      const options = ['--http2-prior-knowledge', '-i', '-X', 'POST', '--data-binary', 'hello']
      expect(await curl('calls', '/anything', ...options)).toMatch(/^HTTP\/2 200[\s\S]*hello/)
    })

    test('gRPC with grpc-js: unary and bidirectional, by route and by published port, over both replicas', async () => {
      for (const [port, authority] of [
        [world.web, hostOf('calls')],
        [world.published.calls, undefined],
      ] as const) {
        using client = new EchoClient(port, authority)
        const replicas = new Set<string>()
        for (let call = 0; call < 10; call++) {
          const { text, replica } = await client.say(`call ${call}`)
          expect(text).toBe(`call ${call}`)
          replicas.add(replica)
        }
        expect(replicas.size).toBe(2)
        expect(await client.converse(['one', 'two', 'three'])).toEqual(['one', 'two', 'three'])
      }
    })

    test('h2load: many calls over many streams, none fails', async () => {
      const address = `http://127.0.0.1:${world.published.calls}/test.Echo/Say`
      const said = await run('h2load', ['-n', '500', '-c', '4', '-m', '10', '-d', PROTOCOL_APP, address])
      expect(said).toMatch(/500 total, 500 started, 500 done, 500 succeeded, 0 failed/)
    })

    test('TLS with openssl and curl: a certificate for the host, HTTP/2 by ALPN, and plain HTTP leads there', async () => {
      const connection = ['s_client', '-connect', `127.0.0.1:${world.secure}`, '-servername', SECURE_HOST, '-alpn', 'h2']
      const agreed = await run('openssl', connection, Buffer.alloc(0))
      expect(agreed).toMatch(/ALPN protocol: h2/)
      const certificate = await run('openssl', ['x509', '-noout', '-ext', 'subjectAltName'], Buffer.from(agreed))
      expect(certificate).toContain(SECURE_HOST)
      const at = (port: number): string[] => ['-sS', '--max-time', '20', '--resolve', `${SECURE_HOST}:${port}:127.0.0.1`]
      const version = ['-k', '-w', ' %{http_version}', `https://${SECURE_HOST}:${world.secure}/over-tls`]
      expect(await run('curl', [...at(world.secure), ...version])).toMatch(/"url":"\/over-tls"[\s\S]*"x-forwarded-proto":"https"[\s\S]* 2$/)
      const redirect = ['-o', '/dev/null', '-w', '%{response_code} %{redirect_url}', `http://${SECURE_HOST}:${world.web}/a?b`]
      expect(await run('curl', [...at(world.web), ...redirect])).toBe(`308 https://${SECURE_HOST}:${world.secure}/a?b`)
    })

    test('raw TCP by published port, with half-close', async () => {
      const heard = await new Promise<Buffer>((resolve, reject) => {
        const chunks: Buffer[] = []
        const socket = connect({ host: '127.0.0.1', port: world.published.raw, allowHalfOpen: true }, () => socket.end(BODY))
        socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
        socket.on('end', () => resolve(Buffer.concat(chunks)))
      })
      expect(createHash('sha256').update(heard).digest('hex')).toBe(SHA)
    })

    test('components reach each other by every form of a name, over every protocol', async () => {
      expect(JSON.parse(await curl('caller', '/'))).toEqual(everythingReached())
    })

    function curlWith(input: Buffer, role: ProtocolRole, path: string, ...options: readonly string[]): Promise<string> {
      const resolve = `${hostOf(role)}:${world.web}:127.0.0.1`
      return run('curl', ['-sS', '--max-time', '20', '--resolve', resolve, ...options, `http://${hostOf(role)}:${world.web}${path}`], input)
    }
  })
}

/** Runs a program to its end and answers its output; throws when it fails. */
function run(program: string, args: readonly string[], input?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk)
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)),
    )
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** The port of the first https address in what `status` says. */
export function securePort(status: string): number {
  const [, port] = /https:\/\/[^\s"/]+:(\d+)/.exec(status) ?? []
  if (port === undefined) throw new Error(`no https address: ${status}`)
  return Number(port)
}
