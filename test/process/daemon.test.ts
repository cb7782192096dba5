import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Lease } from '../../src/wire/discovery.ts'
import { askDaemon, bundleDaemon, DaemonProcess, openSocket, readDiscovery } from '../kit/daemon-process.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const model = { files: [], directory: '/' }
const build = scratchDirectory()
let program = ''
let scratch: ReturnType<typeof scratchDirectory> | undefined
const daemons: DaemonProcess[] = []

beforeAll(async () => {
  program = await bundleDaemon('test/kit/programs/fake-daemon.ts', build.path)
})
afterAll(() => {
  build[Symbol.dispose]()
})
afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    daemon.kill('SIGKILL')
    await daemon.ended
  }
  scratch?.[Symbol.dispose]()
  scratch = undefined
})

function home(): string {
  scratch ??= scratchDirectory()
  return join(scratch.path, 'home')
}

function start(environment: Readonly<Record<string, string>> = {}): DaemonProcess {
  const daemon = new DaemonProcess(program, home(), environment)
  daemons.push(daemon)
  return daemon
}

const leftovers = () => readdirSync(home()).filter((name) => name.startsWith('daemon.') || name.includes('.tmp'))
const logOf = (path: string) =>
  readFileSync(join(path, 'logs', 'daemon.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly message: string; readonly level: string })

describe('the life of the daemon', () => {
  test('it can be found by its user alone, answers, and renews its lease', async () => {
    const daemon = start()
    const discovery = await daemon.ready()
    expect(await askDaemon(discovery, '/v1/version')).toMatchObject({
      status: 200,
      body: { pid: daemon.pid, instance: discovery.instance },
    })
    expect((statSync(join(home(), 'daemon.json')).mode & 0o777).toString(8)).toBe('600')
    expect((statSync(home()).mode & 0o777).toString(8)).toBe('700')
    const lease = JSON.parse(readFileSync(join(home(), 'lease.json'), 'utf8')) as Lease
    expect(lease).toMatchObject({ v: 1, pid: daemon.pid, startTime: discovery.startTime, instance: discovery.instance })
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it in order and leaves nothing to be found', async (signal) => {
    const daemon = start()
    const discovery = await daemon.ready()
    const socket = await openSocket(discovery, '/v1/sessions/s')
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    daemon.kill(signal)
    expect(await closed).toBe(1001)
    expect(await daemon.ended).toBe(0)
    expect(leftovers()).toEqual([])
    expect(logOf(home()).map(({ message }) => message)).toEqual(['the daemon is ready', 'the daemon stops', 'the daemon has stopped'])
    expect(readFileSync(join(home(), 'logs', 'daemon.log'), 'utf8')).not.toContain(discovery.token)
    expect(daemon.output).toBe('')
  })

  test('of several that start at the same time exactly one stays', async () => {
    for (let round = 0; round < 3; round++) {
      const crowd = Array.from({ length: 4 }, () => start())
      const discovery = await eventually(() => readDiscovery(home()))
      const losers = crowd.filter((daemon) => daemon.pid !== discovery.pid)
      expect(await Promise.all(losers.map((daemon) => daemon.ended))).toEqual([0, 0, 0])
      expect((await askDaemon(discovery, '/v1/version')).body).toMatchObject({ pid: discovery.pid })
      const winner = crowd.find((daemon) => daemon.pid === discovery.pid)
      winner?.kill('SIGTERM')
      expect(await winner?.ended).toBe(0)
    }
  })

  test('after kill -9 the next one takes over, and of several next ones exactly one', async () => {
    const first = start()
    const before = await first.ready()
    first.kill('SIGKILL')
    await first.ended
    expect(readDiscovery(home())?.pid).toBe(first.pid)
    const crowd = [start(), start(), start()]
    const discovery = await eventually(() => {
      const found = readDiscovery(home())
      return found !== undefined && found.instance !== before.instance ? found : undefined
    })
    const losers = crowd.filter((daemon) => daemon.pid !== discovery.pid)
    expect(await Promise.all(losers.map((daemon) => daemon.ended))).toEqual([0, 0])
    expect(discovery.token).not.toBe(before.token)
  })

  test('a lock whose pid was given to somebody else is stale', async () => {
    mkdirSync(home(), { recursive: true })
    writeFileSync(join(home(), 'daemon.lock'), JSON.stringify({ pid: process.pid, startTime: 'long ago' }))
    await start().ready()
  })

  test('a broken discovery is set aside, not deleted', async () => {
    mkdirSync(home(), { recursive: true })
    writeFileSync(join(home(), 'daemon.json'), '{"version":')
    const daemon = start()
    await eventually(() => (leftovers().includes('daemon.json.set-aside-1') ? true : undefined))
    expect((await daemon.ready()).pid).toBe(daemon.pid)
    expect(readFileSync(join(home(), 'daemon.json.set-aside-1'), 'utf8')).toBe('{"version":')
  })

  test('a state directory that cannot be used is said in one line', async () => {
    mkdirSync(join(home(), '..'), { recursive: true })
    writeFileSync(home(), 'a file is in the way')
    const daemon = start()
    expect(await daemon.ended).toBe(1)
    expect(daemon.output).toMatch(/^minipaas daemon: the state directory .* cannot be used: .*MINIPAAS_HOME/)
    rmSync(home())
  })

  test('it ends after being idle, not while there is an application or a client', async () => {
    const daemon = start({ MINIPAAS_IDLE_SECONDS: '0.4' })
    const discovery = await daemon.ready()
    await askDaemon(discovery, '/v1/environments/shop/apply', model)
    const socket = await openSocket(discovery, '/v1/environments/shop/events')
    await askDaemon(discovery, '/v1/environments/shop/down', {})
    const { systemClock } = await import('../../runtime/time/system-clock.ts')
    await systemClock.sleep(900)
    expect(daemon.isRunning()).toBe(true)
    socket.close()
    expect(await daemon.ended).toBe(0)
    expect(leftovers()).toEqual([])
  })

  test('a successor that is started right after the hand-over takes over', async () => {
    const first = start({ MINIPAAS_TEST_VERSION: '1.0.0' })
    const before = await first.ready()
    await askDaemon(before, '/v1/environments/shop/apply', model)
    expect((await askDaemon(before, '/v1/shutdown', { reason: 'newer version' })).body).toEqual({ stopping: true })
    expect(readDiscovery(home())).toBeUndefined()
    const second = start({ MINIPAAS_TEST_VERSION: '2.0.0' })
    expect((await second.ready()).version).toBe('2.0.0')
    expect(await first.ended).toBe(0)
    expect(readdirSync(join(home(), 'environments', 'shop', 'events'))).toHaveLength(1)
  })

  test('shutdown-if-idle stops only without applications and without other clients', async () => {
    const daemon = start()
    const discovery = await daemon.ready()
    const socket = await openSocket(discovery, '/v1/sessions/s')
    expect((await askDaemon(discovery, '/v1/shutdown-if-idle', {})).body).toEqual({
      stopping: false,
      reason: '1 other client is connected',
    })
    socket.terminate()
    await askDaemon(discovery, '/v1/environments/shop/apply', model)
    expect((await askDaemon(discovery, '/v1/shutdown-if-idle', {})).body).toEqual({ stopping: false, reason: 'applications are there' })
    await askDaemon(discovery, '/v1/environments/shop/down', {})
    await eventually(
      async () => ((await askDaemon(discovery, '/v1/shutdown-if-idle', {})).body as { stopping: boolean }).stopping || undefined,
    )
    expect(await daemon.ended).toBe(0)
  })

  test('an error that nobody caught leaves log and dump, and ends it with 70', async () => {
    const daemon = start({ MINIPAAS_TEST_CRASH: '1' })
    await daemon.ready()
    expect(await daemon.ended).toBe(70)
    expect(leftovers()).toEqual([])
    const dump = JSON.parse(readFileSync(join(home(), 'logs', 'crash.json'), 'utf8')) as { readonly error: string }
    expect(dump.error).toContain('planted crash')
    expect(logOf(home()).at(-1)).toMatchObject({ level: 'error', message: 'something of minipaas failed' })
  })
})
