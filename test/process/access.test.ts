import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startTimeOf } from '../../runtime/process-identity/identity.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { formatInstant, after as later } from '../../src/kernel/instant.ts'
import type { ExecSession, ReplicaRef, ReplicaSpec } from '../../src/model/engine.ts'
import { anOrigin } from '../kit/builders.ts'
import { eventually } from '../kit/eventually.ts'
import { type ProcessComponent, type ProcessContainer, ProcessWorld } from '../kit/process-world.ts'

const never = new AbortController().signal

let world: ProcessWorld
beforeEach(() => {
  world = new ProcessWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const one = (program: ProcessContainer['program'], more: Partial<ProcessContainer> = {}): ProcessComponent => ({
  name: 'web',
  containers: [{ name: 'web', program, ...more }],
})

async function start(component: ProcessComponent): Promise<ReplicaSpec> {
  const spec = world.specOf(component)
  await world.engine.startReplica(spec, never)
  return spec
}

const see = async (ref: ReplicaRef) => (await world.engine.observe(world.owner)).replicas.find(({ id }) => id === ref.id)

async function texts(ref: ReplicaRef, container?: string): Promise<string[]> {
  const found: string[] = []
  const options = { follow: false, ...(container === undefined ? {} : { container }) }
  for await (const { text } of world.engine.logs(ref, options, never)) found.push(text)
  return found
}

const printed = (ref: ReplicaRef, text: string) => eventually(async () => ((await texts(ref)).includes(text) ? true : undefined))

async function outcome(session: ExecSession): Promise<{ readonly code: number; readonly text: string }> {
  let text = ''
  for await (const { data } of session.output) text += Buffer.from(data).toString('utf8')
  return { code: await session.exitCode, text }
}

describe('processes of a container', () => {
  const facet = () => {
    const { processes } = world.engine
    if (processes === undefined) throw new Error('this platform lists no processes')
    return processes
  }

  test('are those of its program, without the shell that waits for it', async () => {
    const before = systemClock.now()
    const { ref } = await start(one(['sh', '-c', 'sleep 1000 & echo up; exec sleep 2000']))
    await printed(ref, 'up')
    const { titles, rows } = await eventually(async () => {
      const table = await facet().list(ref, 'web', never)
      return ['sleep 1000', 'sleep 2000'].every((wanted) => table.rows.some((row) => row.at(-1) === wanted)) ? table : undefined
    })
    expect(titles).toEqual(['PID', 'USER', 'STARTED', 'CPU', 'MEM', 'COMMAND'])
    expect(rows.map((row) => row.at(-1)).sort()).toEqual(['sleep 1000', 'sleep 2000'])
    const [pid, user, started, , memory] = rows[0] ?? []
    expect(startTimeOf(Number(pid))).toBeDefined()
    expect(user).toBe(userInfo().username)
    const tolerance = 5000
    expect((started ?? '') > formatInstant(later(before, -tolerance))).toBe(true)
    expect((started ?? '') < formatInstant(later(systemClock.now(), tolerance))).toBe(true)
    expect(memory).toMatch(/^\d+\.\d MiB$/)
  })

  test('of one container are not those of another', async () => {
    const { ref } = await start({
      name: 'web',
      containers: [
        { name: 'web', program: ['sleep', '1000'] },
        { name: 'side', program: ['sleep', '2000'] },
      ],
    })
    const listed = async (container?: string) =>
      (await facet().list(ref, container, never)).rows.map((row) => row.at(-1)?.replace(/^.*\/sleep/, 'sleep'))
    for (const [container, command] of [
      ['side', 'sleep 2000'],
      [undefined, 'sleep 1000'],
    ] as const) {
      await eventually(async () => ((await listed(container)).includes(command) ? true : undefined))
      expect(await listed(container)).toEqual([command])
    }
    await expect(listed('no')).rejects.toMatchObject({ fault: { kind: 'not-found' } })
  })

  test('the first one gets a signal, and nobody else', async () => {
    const script = "process.on('SIGHUP', () => console.log('reloaded')); setInterval(() => {}, 1e9); console.log('up')"
    const { ref } = await start(one([process.execPath, '-e', script]))
    await printed(ref, 'up')
    await facet().kill(ref, { signal: 'SIGHUP' }, never)
    await printed(ref, 'reloaded')
    expect((await see(ref))?.phase).toBe('running')
    await facet().kill(ref, { container: 'web', signal: 'SIGKILL' }, never)
    const ended = await eventually(async () => {
      const replica = await see(ref)
      return replica?.phase === 'exited' ? replica : undefined
    })
    expect(ended.containers[0]).toMatchObject({ exitCode: 137, signal: 'SIGKILL' })
    await expect(facet().kill(ref, { signal: 'SIGHUP' }, never)).rejects.toMatchObject({ fault: { code: 'MP4109' } })
  })

  test('a signal that does not exist is refused', async () => {
    const { ref } = await start(one({ kind: 'stay' }))
    await expect(facet().kill(ref, { signal: 'SIGBOOM' }, never)).rejects.toMatchObject({ fault: { code: 'MP4115' } })
  })
})

describe('connections to a port of a replica', () => {
  const read = async (output: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = ''
    for await (const data of output) text += Buffer.from(data).toString('utf8')
    return text
  }

  test('carry bytes both ways', async () => {
    const { ref } = await start(one({ kind: 'serve', body: 'here' }, { ports: [8000] }))
    const stream = await eventually(() => world.engine.connections.connect(ref, 8000, never))
    await stream.write(Buffer.from('GET / HTTP/1.0\r\n\r\n'))
    expect(await read(stream.output)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nhere$/s)
    stream.close()
  })

  test('may end on our side first', async () => {
    const script =
      "require('net').createServer({ allowHalfOpen: true }, (socket) => { let text = ''; socket.on('data', (data) => (text += data)); socket.on('end', () => socket.end('got ' + text)) }).listen(process.env.PORT, '127.0.0.1')"
    const { ref } = await start(one([process.execPath, '-e', script], { ports: [8000] }))
    const stream = await eventually(() => world.engine.connections.connect(ref, 8000, never))
    await stream.write(Buffer.from('all'))
    stream.end()
    expect(await read(stream.output)).toBe('got all')
  })

  test('a reset is an end', async () => {
    const script =
      "require('net').createServer((socket) => { socket.write('x'); socket.resetAndDestroy() }).listen(process.env.PORT, '127.0.0.1')"
    const { ref } = await start(one([process.execPath, '-e', script], { ports: [8000] }))
    const stream = await eventually(() => world.engine.connections.connect(ref, 8000, never))
    expect((await read(stream.output)).length).toBeLessThanOrEqual(1)
    await stream.write(Buffer.from('y'))
  })

  test('that cannot be made say why', async () => {
    const { ref } = await start(one({ kind: 'stay' }, { ports: [8000] }))
    await expect(world.engine.connections.connect(ref, 9000, never)).rejects.toMatchObject({
      fault: { code: 'MP4114', message: expect.stringContaining('it declares 8000') },
    })
    await expect(world.engine.connections.connect(ref, 8000, never)).rejects.toMatchObject({
      fault: { code: 'MP4114', message: expect.stringContaining('ECONNREFUSED') },
    })
  })

  test('can be given up', async () => {
    const { ref } = await start(one({ kind: 'stay' }, { ports: [8000] }))
    const giveUp = new AbortController()
    giveUp.abort()
    await expect(world.engine.connections.connect(ref, 8000, giveUp.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('commands that cannot be run end like a shell’s', () => {
  test.each([
    ['no such program', { command: ['no-such-program'] }, 127, /no-such-program: command not found/],
    ['no command', { command: [] }, 127, /no command/],
    ['no such directory', { command: ['true'], workdir: '/no/such' }, 126, /\/no\/such: no such directory/],
  ])('%s', async (_name, options, code, text) => {
    const { ref } = await start(one({ kind: 'stay' }))
    const ended = await outcome(await world.engine.exec.exec(ref, options, never))
    expect(ended).toEqual({ code, text: expect.stringMatching(text) })
  })

  test('what is not executable, and a script without its interpreter', async () => {
    const { ref } = await start(one({ kind: 'stay' }))
    const file = `${world.home}/script`
    writeFileSync(file, '#!/no/such/interpreter\n')
    expect(await outcome(await world.engine.exec.exec(ref, { command: [file] }, never))).toMatchObject({ code: 126 })
    chmodSync(file, 0o755)
    expect(await outcome(await world.engine.exec.exec(ref, { command: [file] }, never))).toMatchObject({ code: 127 })
  })

  test('also instead of the component’s own, and the copy is gone', async () => {
    const spec = world.specOf(one({ kind: 'stay' }))
    const session = await world.engine.exec.run(spec, { command: ['no-such-program'] }, never)
    expect(await outcome(session)).toMatchObject({ code: 127 })
    expect(existsSync(`${world.home}/environments/test/replicas/${spec.ref.id}`)).toBe(false)
  })
})

describe('a start that failed in an init container', () => {
  const failing = (script: string): ProcessComponent => ({
    ...one({ kind: 'stay' }),
    initContainers: [
      {
        name: 'migrate',
        program: ['sh', '-c', script],
        changes: { process: { cwd: '/', command: ['sh', '-c', script], env: [], origin: anOrigin('run') } },
      },
    ],
  })

  test('stays to be seen, with its output, and nothing of it runs', async () => {
    const spec = world.specOf(failing('echo no database; sleep 1000 & exit 9'))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { code: 'MP4103' } })
    expect(await see(spec.ref)).toMatchObject({
      phase: 'starting',
      unhealthy: 'init container migrate ended with exit code 9',
      containers: [
        { name: 'migrate', state: 'exited', exitCode: 9 },
        { name: 'web', state: 'waiting' },
      ],
    })
    expect(await texts(spec.ref)).toEqual(['no database'])
    expect(await texts(spec.ref, 'migrate')).toEqual(['no database'])
    expect(await world.engine.endpoint(spec.ref, 8000)).toBeUndefined()
    expect((await world.engine.processes?.list(spec.ref, 'migrate', never))?.rows).toEqual([])
  })

  test('is made again under the same name, with output of its own, and can be removed', async () => {
    const flag = `${world.home}/flag`
    const spec = world.specOf(failing(`if [ -e ${flag} ]; then echo second; else echo first; touch ${flag}; exit 1; fi`))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { code: 'MP4103' } })
    expect(await texts(spec.ref)).toEqual(['first'])
    // Only one of them may remove what is left of the first, and none what the other has begun.
    await Promise.all(Array.from({ length: 8 }, () => world.engine.startReplica(spec, never)))
    expect((await see(spec.ref))?.phase).toBe('running')
    expect(await texts(spec.ref)).toEqual(['second'])
    await world.engine.removeReplica(spec.ref)
    expect((await world.engine.observe(world.owner)).replicas).toEqual([])
  })

  test('is still known to a later engine', async () => {
    const spec = world.specOf(failing('echo no; exit 2'))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { code: 'MP4103' } })
    await world.engine.release()
    world.openEngine()
    expect(await see(spec.ref)).toMatchObject({ phase: 'starting', unhealthy: 'init container migrate ended with exit code 2' })
    expect(await texts(spec.ref)).toEqual(['no'])
  })
})
