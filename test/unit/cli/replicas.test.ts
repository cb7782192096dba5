import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { parseForward } from '../../../src/cli/forward/forward-spec.ts'
import { parseSignal } from '../../../src/cli/signal-name.ts'
import { FaultError } from '../../../src/kernel/fault.ts'
import type { ByteStream } from '../../../src/model/engine.ts'
import type { ComponentKey, ReplicaId } from '../../../src/model/names.ts'
import { SEND_WINDOW_BYTES } from '../../../src/wire/answers.ts'
import { type CliRun, callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, pendingView, replicaView } from '../../kit/views.ts'

const shop = applicationView([componentView('web'), componentView('api')])
const place = (component: string, container = component) => ({
  component: component as ComponentKey,
  replica: `${component}--1.0` as ReplicaId,
  ordinal: 0,
  container,
  role: container === component ? ('app' as const) : ('sidecar' as const),
})

describe('kill', () => {
  test.each([
    [['kill'], { components: [], signal: 'SIGKILL' }, 'web-0: sent SIGKILL\n'],
    [['kill', '-s', 'HUP', 'api'], { components: ['api'], signal: 'SIGHUP' }, 'api-0: sent SIGHUP\n'],
    [
      ['kill', '--signal', 'usr1', '--index', '2', '--container', 'proxy', 'api'],
      { components: ['api'], signal: 'SIGUSR1', ordinal: 2, container: 'proxy' },
      'api-2/proxy: sent SIGUSR1\n',
    ],
  ])('%j', async (args, request, stderr) => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(args, { home: daemon.home })).toEqual({ code: 0, stdout: '', stderr })
    expect(daemon.callsOf('kill')).toEqual([request])
  })

  test.each([['HUP'], ['sighup'], ['SIGHUP'], ['1']])('%s is SIGHUP', (text) => {
    expect(parseSignal(text)).toBe('SIGHUP')
  })

  test('a real-time signal is left to the container, anything else is refused', async () => {
    expect(parseSignal('RTMIN+3')).toBe('SIGRTMIN+3')
    await using daemon = await ScriptedDaemon.open([shop])
    for (const args of [
      ['kill', '-s', 'BOOM'],
      ['kill', '-s', '999'],
      ['kill', 'wep'],
    ])
      expect(await callCli(args, { home: daemon.home })).toMatchObject({ code: 2 })
    expect(daemon.callsOf('kill')).toEqual([])
  })
})

describe('top', () => {
  test('lists processes under the titles of the engine', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.replicaAccess.tables = [
      {
        ...place('web'),
        titles: ['PID', 'CMD'],
        rows: [
          ['7', 'node'],
          ['17', 'node worker'],
        ],
      },
      { ...place('web', 'proxy'), titles: ['PID', 'CMD'], rows: [['8', 'envoy']] },
    ]
    expect(await callCli(['top', 'web'], { home: daemon.home })).toEqual({
      code: 0,
      stdout: ['NAME         PID  CMD', 'web-0        7    node', 'web-0        17   node worker', 'web-0/proxy  8    envoy', ''].join(
        '\n',
      ),
      stderr: '',
    })
    expect(daemon.callsOf('processes')).toEqual([['web']])
  })

  test('is an array as JSON, and refuses what is not there', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(['top', '--format', 'json'], { home: daemon.home })).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
    expect(await callCli(['top', 'wep'], { home: daemon.home })).toMatchObject({ code: 2 })
    daemon.refuseNext(503, { code: 'MP4004', message: 'cannot list' })
    expect(await callCli(['top'], { home: daemon.home })).toMatchObject({ code: 4 })
  })
})

describe('stats', () => {
  const usage = (cpu: number) => [
    { component: 'web' as ComponentKey, replica: 'web--1.0' as ReplicaId, ordinal: 0, cpu, memoryBytes: 3_145_728 },
  ]

  test('once: what was used between two looks', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.replicaAccess.usages = [usage(0), usage(0.256)]
    expect(await callCli(['stats', '--no-stream', 'web'], { home: daemon.home })).toEqual({
      code: 0,
      stdout: 'NAME   CPU %  MEM USAGE\nweb-0  25.6%  3.0 MiB\n',
      stderr: '',
    })
    expect(daemon.callsOf('usage')).toEqual([['web'], ['web']])
  })

  test('again and again until it is interrupted', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.replicaAccess.usages = [usage(0), usage(1), usage(2)]
    const run = startCli(['stats', '--format', 'json'], { home: daemon.home })
    await eventually(() => (run.stdout().split('\n').length > 2 ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
    expect(
      run
        .stdout()
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)[0].cpu),
    ).toEqual([1, 2])
  })
})

describe('wait', () => {
  const job = (changes: Parameters<typeof componentView>[1]) =>
    pendingView('migrate', { kind: 'Job', type: 'task', message: '', ...changes })
  const exited = (component: string, exitCode: number) => [replicaView(component, { phase: 'exited', exitCode })]

  test('a job that is complete', async () => {
    await using daemon = await ScriptedDaemon.open([applicationView([job({ replicas: [replicaView('migrate', { phase: 'running' })] })])])
    const run = startCli(['wait', 'migrate'], { home: daemon.home })
    await followed(daemon)
    daemon.show(applicationView([job({ healthy: true, replicas: exited('migrate', 0) })]))
    expect(await run.exit).toBe(0)
    expect(run.stdout()).toBe('migrate-0 exited with code 0\n')
  })

  test('a job that failed once is waited for until it is given up', async () => {
    await using daemon = await ScriptedDaemon.open([applicationView([job({ replicas: exited('migrate', 3) })])])
    const run = startCli(['wait', 'migrate', '--format', 'json'], { home: daemon.home })
    daemon.show(
      applicationView([job({ replicas: exited('migrate', 3), holds: [{ subject: 'migrate', reason: 'crash-backoff', on: [] }] })]),
    )
    daemon.show(
      applicationView([job({ replicas: exited('migrate', 3), holds: [{ subject: 'migrate', reason: 'failed', on: ['back-off limit'] }] })]),
    )
    expect(await run.exit).toBe(3)
    expect(JSON.parse(run.stdout())).toEqual({ component: 'migrate', exitCode: 3, how: 'migrate-0 exited with code 3' })
  })

  test('several: all have to end, and the first one gives its code', async () => {
    await using daemon = await ScriptedDaemon.open([applicationView([job({}), componentView('web')])])
    const run = startCli(['wait', 'migrate', 'web'], { home: daemon.home })
    daemon.show(applicationView([job({}), pendingView('web', { replicas: exited('web', 143) })]))
    await eventually(() => (run.stdout() === '' ? undefined : true))
    daemon.show(applicationView([job({ healthy: true, replicas: exited('migrate', 0) }), componentView('web')]))
    expect(await run.exit).toBe(143)
    expect(run.stdout()).toBe('web-0 exited with code 143\nmigrate-0 exited with code 0\n')
  })

  test('what is stopped already, what is taken down, and an interruption', async () => {
    await using daemon = await ScriptedDaemon.open([applicationView([pendingView('web', { desired: 0 })])])
    expect(await callCli(['wait', 'web'], { home: daemon.home })).toEqual({ code: 0, stdout: 'web has no replicas\n', stderr: '' })
    daemon.show(shop)
    const first = startCli(['wait', 'web'], { home: daemon.home })
    await followed(daemon)
    first.interrupt()
    expect(await first.exit).toBe(130)
    const second = startCli(['wait', 'web'], { home: daemon.home })
    await followed(daemon)
    daemon.remove({ applications: [] })
    expect(await second.exit).toBe(7)
    expect(second.stderr()).toContain('taken down by somebody else')
  })

  /** The command has looked and goes on looking. */
  async function followed(daemon: ScriptedDaemon): Promise<void> {
    const before = daemon.looks
    await eventually(() => (daemon.looks >= before + 2 ? true : undefined))
  }
})

describe('port-forward', () => {
  test.each([
    ['8080:80', { local: 8080, remote: 80 }],
    ['80', { local: 80, remote: 80 }],
    [':80', { local: 0, remote: 80 }],
  ])('%s', (text, spec) => {
    expect(parseForward(text)).toEqual(spec)
  })

  test.each([['web'], ['0'], ['1:0'], ['70000'], ['80:http'], ['127.0.0.1:80:80'], [':']])('"%s" is refused', async (text) => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(['port-forward', 'web', text], { home: daemon.home })).toMatchObject({ code: 2 })
  })

  test('carries several connections to several ports, each to a replica of its own', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    await using run = await forwarding(['port-forward', '--index', '1', 'web', ':80', ':81'], daemon)
    const [first = 0, second = 0] = run.ports
    expect(await talk(first, 'one')).toBe('one')
    expect(await talk(second, 'two')).toBe('two')
    expect(await Promise.all([talk(first, 'three'), talk(first, 'x'.repeat(3_000_000))])).toEqual(['three', 'x'.repeat(3_000_000)])
    expect(daemon.callsOf('connect').slice(0, 2)).toEqual([
      { component: 'web', port: 80, ordinal: 1 },
      { component: 'web', port: 81, ordinal: 1 },
    ])
    run.cli.interrupt()
    expect(await run.cli.exit).toBe(0)
    expect(run.cli.stdout()).toContain(`Handling connection for ${first}\n`)
    expect(run.cli.stderr()).toBe('')
  })

  test('passes on that one side has ended while the other goes on', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    let say = (_text: string): void => {}
    daemon.replicaAccess.onConnect = async () => {
      const stream = scriptedStream()
      say = stream.say
      return { ...stream, end: () => stream.say('goodbye', 'end') }
    }
    await using run = await forwarding(['port-forward', 'web', ':80'], daemon)
    const socket = connect({ port: run.ports[0] ?? 0, host: '127.0.0.1', allowHalfOpen: true })
    const answer = textOf(socket)
    await eventually(() => (daemon.callsOf('connect').length === 1 ? true : undefined))
    say('hello ')
    socket.end('that was all')
    expect(await answer).toBe('hello goodbye')
  })

  test('a connection that cannot be made is closed and told, and the next one is tried', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const echo = daemon.replicaAccess.onConnect
    daemon.replicaAccess.onConnect = () =>
      Promise.reject(new FaultError({ kind: 'unavailable', code: 'MP4114', message: 'nobody listens', retry: 'soon' }))
    await using run = await forwarding(['port-forward', 'web', ':80'], daemon)
    expect(await talk(run.ports[0] ?? 0, 'one')).toBe('')
    await eventually(() => (run.cli.stderr().includes(`forwarding ${run.ports[0]} -> 80: nobody listens`) ? true : undefined))
    daemon.replicaAccess.onConnect = echo
    expect(await talk(run.ports[0] ?? 0, 'two')).toBe('two')
  })

  test('an application that reads slowly slows the sender down', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    let taken = 0
    let goOn = (): void => {}
    const held = new Promise<void>((resolve) => {
      goOn = resolve
    })
    daemon.replicaAccess.onConnect = async () => ({
      ...scriptedStream(),
      write: async (data) => {
        taken += data.length
        await held
      },
    })
    await using run = await forwarding(['port-forward', 'web', ':80'], daemon)
    const socket = connect({ port: run.ports[0] ?? 0, host: '127.0.0.1' })
    socket.write(Buffer.alloc(4 * SEND_WINDOW_BYTES))
    await eventually(() => (taken >= SEND_WINDOW_BYTES ? true : undefined))
    expect(taken).toBeLessThan(2 * SEND_WINDOW_BYTES)
    goOn()
    await eventually(() => (taken === 4 * SEND_WINDOW_BYTES ? true : undefined))
    socket.destroy()
  })

  test('what cannot be forwarded is said before anything listens', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.refuseNext(503, { code: 'MP4004', message: 'the engine cannot forward ports' })
    expect(await callCli(['port-forward', 'web', ':80'], { home: daemon.home })).toMatchObject({ code: 4, stdout: '' })
    daemon.refuseNext(409, { code: 'MP8011', message: 'no running replica' })
    expect(await callCli(['port-forward', 'web', ':80'], { home: daemon.home })).toMatchObject({ code: 7 })
  })

  test('a port that is taken is refused by its number', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { readonly port: number }
    const { code, stderr } = await callCli(['port-forward', 'web', `${port}:80`], { home: daemon.home })
    expect([code, stderr]).toEqual([1, expect.stringContaining(`cannot listen on 127.0.0.1:${port}: another program uses it`)])
    await new Promise((resolve) => server.close(resolve))
  })
})

interface Forwarding extends AsyncDisposable {
  readonly cli: CliRun
  readonly ports: readonly number[]
}

/** A forward that listens; ended at the end of the block. */
async function forwarding(args: readonly string[], daemon: ScriptedDaemon): Promise<Forwarding> {
  const cli = startCli(args, { home: daemon.home })
  const wanted = args.filter((word) => word.startsWith(':')).length
  const ports = await eventually(() => {
    const found = [...cli.stdout().matchAll(/^Forwarding from 127\.0\.0\.1:(\d+) -> \d+$/gm)].map((match) => Number(match[1]))
    return found.length === wanted ? found : undefined
  })
  return {
    cli,
    ports,
    [Symbol.asyncDispose]: async () => {
      cli.interrupt()
      await cli.exit
    },
  }
}

/** Says something, ends, and returns all that came back. */
function talk(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end(text)
  return textOf(socket)
}

function textOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.on('data', (data: Buffer) => {
      text += data.toString('utf8')
    })
    socket.on('error', () => {})
    socket.once('close', () => resolve(text))
    socket.once('end', () => socket.end())
  })
}

/** A connection whose output a test writes. */
function scriptedStream(): ByteStream & { say(text: string, then?: 'end'): void } {
  const queue: Uint8Array[] = []
  let isOver = false
  let wake = (): void => {}
  async function* output(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) yield next
      else if (isOver) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  const over = (): void => {
    isOver = true
    wake()
  }
  return {
    output: output(),
    write: () => {},
    end: () => {},
    close: over,
    say: (text, then) => {
      queue.push(Buffer.from(text))
      if (then === 'end') isOver = true
      wake()
    },
  }
}
