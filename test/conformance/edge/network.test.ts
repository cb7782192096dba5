import { spawn } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { bundleProgram } from '../../kit/bundled-program.ts'
import { eventually } from '../../kit/eventually.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { EdgeProcess } from './edge-process.ts'
import { aBackend, aTable, serviceListenerOf, webListener } from './edge-world.ts'
import { freePort, ReplicaServer } from './replica-server.ts'

const bundles = scratchDirectory()
let program = ''

beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

// Addresses of a range can be bound without its route only where all of 127/8 is this machine.
const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('with a service range', () => {
  const RANGE = '127.77.8.0/21'
  const OWN = '127.77.15.254'

  /** A program `ip` that writes down what it was told, and what it says. */
  function fakeIp(folder: string, says: { readonly code: number; readonly errors: string }): string {
    mkdirSync(`${folder}/bin`)
    writeFileSync(`${folder}/bin/ip`, `#!/bin/sh\necho "$@" >> ${folder}/told\necho "${says.errors}" >&2\nexit ${says.code}\n`)
    chmodSync(`${folder}/bin/ip`, 0o755)
    return `${folder}/bin`
  }

  const started = async (folder: string, path: string) => {
    const port = await freePort()
    const args = ['--service-range', RANGE, '--dns-port', String(port)]
    const edge = new EdgeProcess(program, folder, 'stdio', { args, path })
    const client = new Resolver({ timeout: 500, tries: 1 })
    client.setServers([`${OWN}:${port}`])
    return { edge, client }
  }

  const tableOf = (server: ReplicaServer) =>
    aTable({
      backends: [aBackend('web', { replicas: [server.replica()] })],
      listeners: [
        webListener,
        { ...serviceListenerOf('web'), host: '127.77.8.5', port: 5432, taken: 'fail' },
        { ...serviceListenerOf('other'), host: '127.77.8.6', port: 5432, taken: 'fail' },
        { ...serviceListenerOf('lost'), host: '192.0.2.7', port: 5432, taken: 'fail' },
      ],
      names: [{ name: 'web.default.svc.cluster.local', addresses: ['127.77.8.5'] }],
    })

  test('takes it with one route, listens at its addresses and answers for its names', async () => {
    using folder = scratchDirectory()
    await using server = await ReplicaServer.start((_, response) => response.end('served'))
    const { edge, client } = await started(folder.path, fakeIp(folder.path, { code: 2, errors: 'RTNETLINK answers: File exists' }))
    await using running = edge
    using controller = running.controlled()
    const { bound, problems } = await controller.push(tableOf(server))
    expect(readFileSync(`${folder.path}/told`, 'utf8')).toBe(`route add local ${RANGE} dev lo table local\n`)
    expect(bound).toMatchObject({ 'service/web.default:80': 5432, 'service/other.default:80': 5432 })
    expect(problems).toEqual([
      { listener: 'service/lost.default:80', message: expect.stringContaining('192.0.2.7 is no address of the edge') },
    ])
    expect(await eventually(() => client.resolve4('web.default.svc.cluster.local'))).toEqual(['127.77.8.5'])
    expect(await (await fetch('http://127.77.8.5:5432/')).text()).toBe('served')
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('served')
    await expect(client.resolve4('cache.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(await controller.first('unknown-name')).toEqual({
      type: 'unknown-name',
      name: 'cache.default.svc.cluster.local',
      client: '127.0.0.1',
    })
    expect(running.errors).not.toContain('error')
  })

  test('and without the rights for it says what that means, and serves what it can', async () => {
    using folder = scratchDirectory()
    await using server = await ReplicaServer.start((_, response) => response.end('served'))
    const { edge, client } = await started(
      folder.path,
      fakeIp(folder.path, { code: 2, errors: 'RTNETLINK answers: Operation not permitted' }),
    )
    await using running = edge
    using controller = running.controlled()
    const { bound } = await controller.push(tableOf(server))
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('served')
    expect(await eventually(() => client.resolve4('web.default.svc.cluster.local'))).toEqual(['127.77.8.5'])
    const [line = ''] = running.errors.split('\n')
    expect(JSON.parse(line)).toMatchObject({ level: 'error', range: RANGE, reason: 'RTNETLINK answers: Operation not permitted' })
  })

  test('killed and started again, answers for the names of the last table while nobody controls it', async () => {
    using folder = scratchDirectory()
    await using server = await ReplicaServer.start((_, response) => response.end('served'))
    const path = fakeIp(folder.path, { code: 0, errors: '' })
    {
      const { edge } = await started(folder.path, path)
      await using running = edge
      await running.controlled().push(tableOf(server))
      running.kill('SIGKILL')
      await running.ended()
    }
    const { edge, client } = await started(folder.path, path)
    await using _running = edge
    expect(await eventually(() => client.resolve4('web.default.svc.cluster.local'))).toEqual(['127.77.8.5'])
    expect(await (await fetch('http://127.77.8.5:5432/')).text()).toBe('served')
  })
})

describe('to dial', () => {
  function dial(...args: readonly string[]) {
    const child = spawn(process.execPath, [program, '--dial', ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { child, exit, output: buffer(child.stdout), errors: text(child.stderr) }
  }

  test('carries bytes both ways, and the end of the input before the answer', async () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      const parts: Buffer[] = []
      socket.on('data', (part) => parts.push(part))
      socket.on('end', () => socket.end(Buffer.concat([Buffer.from('all of: '), ...parts])))
    })
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
    const { port } = echo.address() as { readonly port: number }
    const called = dial('127.0.0.1', String(port))
    const sent = Buffer.alloc(300_000, 'minipaas')
    called.child.stdin.end(sent)
    const answer = await called.output
    expect(answer.length).toBe(sent.length + 8)
    expect(answer.subarray(0, 16).toString()).toBe('all of: minipaas')
    expect(await called.exit).toBe(0)
    echo.close()
  })

  test('ends when the other side has, though the input is open', async () => {
    const greeter = createServer((socket) => socket.end('bye'))
    await new Promise<void>((resolve) => greeter.listen(0, '127.0.0.1', resolve))
    const { port } = greeter.address() as { readonly port: number }
    const called = dial('127.0.0.1', String(port))
    expect((await called.output).toString()).toBe('bye')
    expect(await called.exit).toBe(0)
    greeter.close()
  })

  test('says so where nobody listens', async () => {
    const port = await freePort()
    const called = dial('127.0.0.1', String(port))
    expect(await called.exit).toBe(1)
    expect(await called.errors).toMatch(new RegExp(`^edge: cannot connect to 127\\.0\\.0\\.1:${port}: .*ECONNREFUSED.*\\n$`))
  })

  test.each([[[]], [['127.0.0.1']], [['127.0.0.1', '0']], [['127.0.0.1', 'http']], [['127.0.0.1', '1', '2']], [['127.0.0.1', '70000']]])(
    'wants a host and a port: %j',
    async (args) => {
      const called = dial(...args)
      expect(await called.exit).toBe(2)
      expect(await called.errors).toContain('edge --dial <host> <port>')
    },
  )
})
