import { availableParallelism } from 'node:os'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { makeArchive } from '../../runtime/engines/docker/pod/archive.ts'
import type { ExecOptions, ExecSession, LogLine, LogOptions, ReplicaRef, ReplicaSpec } from '../../src/model/engine.ts'
import { anOrigin } from '../kit/builders.ts'
import { type DockerComponent, type DockerContainer, DockerWorld } from '../kit/docker/docker-world.ts'
import { collectSession, type SessionOutput } from '../kit/docker/session-output.ts'
import { readArchive } from '../kit/docker/tar-content.ts'
import { eventually } from '../kit/eventually.ts'

const never = new AbortController().signal
const stay = { kind: 'stay' }

let world: DockerWorld
beforeEach(() => {
  world = new DockerWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

async function start(component: DockerComponent): Promise<ReplicaSpec> {
  const spec = world.specOf(component)
  await world.engine.startReplica(spec, never)
  return spec
}

function one(program: DockerContainer['program'] = stay, more: Partial<DockerContainer> = {}): DockerComponent {
  return { name: 'web', containers: [{ name: 'web', program, ...more }] }
}

function open(ref: ReplicaRef, options: ExecOptions, signal = never): Promise<ExecSession> {
  return world.engine.exec.exec(ref, options, signal)
}

async function run(ref: ReplicaRef, ...command: readonly string[]): Promise<SessionOutput> {
  return collectSession(await open(ref, { command }))
}

async function collect(ref: ReplicaRef, options: LogOptions = { follow: false }): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of world.engine.logs(ref, options, never)) lines.push(line)
  return lines
}

async function texts(ref: ReplicaRef, options?: LogOptions): Promise<string[]> {
  return (await collect(ref, options)).map(({ text }) => text)
}

async function untilExited(ref: ReplicaRef): Promise<void> {
  await eventually(async () => {
    const { replicas } = await world.engine.observe(world.owner, never)
    return replicas.find(({ id }) => id === ref.id)?.phase === 'exited' ? true : undefined
  })
}

describe('a command', () => {
  test('has the environment of its container, input, both outputs and an exit code', async () => {
    const { ref } = await start(one(stay, { env: { GREETING: 'hi' } }))
    const command = ['sh', '-c', 'read line; echo "$GREETING $line $EXTRA $(pwd)"; echo bad >&2; exit 7']
    const env = [{ name: 'EXTRA', value: 'more', origin: anOrigin('exec') }]
    const session = await open(ref, { command, env, workdir: '/tmp' })
    await session.write(Buffer.from('there\n'))
    session.endInput()
    expect(await collectSession(session)).toEqual({ out: 'hi there more /tmp\n', err: 'bad\n', code: 7 })
  })

  test('gets the end of its input, and its output to the last byte', async () => {
    const { ref } = await start(one())
    const session = await open(ref, { command: ['sh', '-c', 'cat; head -c 3000000 /dev/zero | wc -c'] })
    await session.write(Buffer.alloc(500_000, 'x'))
    session.endInput()
    const { out, code } = await collectSession(session)
    expect([out.length, out.slice(500_000), code]).toEqual([500_008, '3000000\n', 0])
  })

  test('whose output nobody reads ends all the same', async () => {
    const { ref } = await start(one())
    expect(await (await open(ref, { command: ['sh', '-c', 'head -c 200000 /dev/zero; exit 4'] })).exitCode).toBe(4)
  })

  test('has a terminal of the wanted size, which can be changed', async () => {
    const { ref } = await start(one())
    const until = 'while [ "$(stty size 2>/dev/null)" != "33 111" ]; do :; done'
    const script = `${until}; stty size; echo $TERM; trap "stty size; exit 3" WINCH; echo ready; while :; do sleep 0.05; done`
    const session = await open(ref, { command: ['sh', '-c', script], tty: { columns: 111, rows: 33 } })
    let out = ''
    for await (const { data } of session.output) {
      out += Buffer.from(data).toString('utf8')
      if (out.includes('ready')) session.resize(77, 22)
    }
    expect(out).toBe('33 111\r\nxterm-256color\r\nready\r\n22 77\r\n')
    expect(await session.exitCode).toBe(3)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', 137],
  ])('ends by %s', async (signal, code) => {
    const { ref } = await start(one())
    const session = await open(ref, { command: ['sh', '-c', 'echo up; exec sleep 1000'] })
    for await (const _chunk of session.output) session.kill(signal)
    expect(await session.exitCode).toBe(code)
  })

  test('ends with its session, with what it started', async () => {
    const { ref } = await start(one())
    const leaving = new AbortController()
    const session = await open(ref, { command: ['sh', '-c', 'sleep 1001 & echo up; sleep 1002'] }, leaving.signal)
    for await (const _chunk of session.output) leaving.abort()
    expect(await session.exitCode).toBe(137)
    await eventually(async () => ((await run(ref, 'ps')).out.match(/sleep 100[12]/) === null ? true : undefined))
  })

  test('that is not there ends as the engine says', async () => {
    const { ref } = await start(one())
    const { code, out, err } = await run(ref, 'no-such-program')
    expect([126, 127]).toContain(code)
    expect(out + err).toMatch(/no-such-program/)
  })

  test('is refused where nothing runs', async () => {
    const { ref } = await start(one({ kind: 'exit', code: 0 }))
    await untilExited(ref)
    await expect(run(ref, 'true')).rejects.toMatchObject({ fault: { kind: 'conflict', code: 'MP4109' } })
    await expect(open(ref, { container: 'no', command: ['true'] })).rejects.toMatchObject({ fault: { kind: 'not-found', code: 'MP4108' } })
  })
})

describe('a one-off', () => {
  const left = async (): Promise<readonly string[]> => {
    const { containers, volumes } = await world.things().all()
    return [...containers, ...volumes]
  }

  test('is a copy on the network that nobody observes and that is gone at its end', async () => {
    const mounts = [{ volume: 'shared', path: '/shared', readOnly: false }]
    const spec = world.specOf({
      name: 'web',
      ordinal: 1000,
      initContainers: [{ name: 'init', program: ['sh', '-c', 'echo prepared >/shared/note'], changes: { mounts } }],
      containers: [{ name: 'web', program: ['sh', '-c', 'cat; cat /shared/note; hostname; ip -4 addr show eth0'], changes: { mounts } }],
      volumes: [{ name: 'shared', source: { type: 'empty', medium: 'disk' }, origin: anOrigin('volumes') }],
    })
    const session = await world.engine.exec.run(spec, { command: [] }, never)
    expect((await world.engine.observe(world.owner, never)).replicas).toEqual([])
    await session.write(Buffer.from('input\n'))
    session.endInput()
    const { out, code } = await collectSession(session)
    expect(out).toMatch(/^input\nprepared\nweb-1000\n.*inet \d+\./s)
    expect([code, await left()]).toEqual([0, []])
  })

  test('runs another command, with a terminal', async () => {
    const spec = world.specOf({ ...one(), ordinal: 1000 })
    const command = ['sh', '-c', 'while [ "$(stty size 2>/dev/null)" != "20 90" ]; do :; done; stty size; exit 6']
    const session = await world.engine.exec.run(spec, { command, tty: { columns: 90, rows: 20 } }, never)
    expect(await collectSession(session)).toEqual({ out: '20 90\r\n', err: '', code: 6 })
    expect(await left()).toEqual([])
  })

  test('of a daemon that is gone is ended by the next one', async () => {
    const session = await world.engine.exec.run(world.specOf({ ...one(), ordinal: 1000 }), { command: [] }, never)
    const next = { ...world.specOf({ ...one(), ordinal: 1001 }) }
    const ref = { ...next.ref, owner: { ...next.ref.owner, instance: 'daemon-2' } }
    const later = await world.openEngine().exec.run({ ...next, ref }, { command: ['true'] }, never)
    expect([await session.exitCode, await later.exitCode]).toEqual([137, 0])
    expect(await left()).toEqual([])
  })

  test('is gone when its session is given up, and when it cannot be started', async () => {
    const leaving = new AbortController()
    const session = await world.engine.exec.run(world.specOf({ ...one(), ordinal: 1000 }), { command: [] }, leaving.signal)
    leaving.abort()
    expect(await session.exitCode).toBe(137)
    const failing = { ...one(), ordinal: 1001, initContainers: [{ name: 'init', program: { kind: 'exit', code: 9 } }] }
    await expect(world.engine.exec.run(world.specOf(failing), { command: [] }, never)).rejects.toMatchObject({ fault: { code: 'MP4103' } })
    expect(await left()).toEqual([])
  })
})

describe('output', () => {
  test('characters that are cut by writes stay whole, a long line is one, and an unfinished last one is told', async () => {
    const script = `
      const bytes = Buffer.from('grüße\\n' + 'ü'.repeat(30000) + '\\nlast')
      for (let place = 0; place < 8; place++) require('fs').writeSync(1, bytes.subarray(place, place + 1))
      require('fs').writeSync(1, bytes.subarray(8))`
    const { ref } = await start(one(['node', '-e', script]))
    await untilExited(ref)
    const [first, long, last, ...more] = await texts(ref)
    expect([first, last, more]).toEqual(['grüße', 'last', []])
    expect([long?.length, long?.replaceAll('ü', '')]).toEqual([30_000, ''])
  })

  test('is in order of time over init, application and side containers, with their sources', async () => {
    const say = (text: string, more = ''): readonly string[] => ['sh', '-c', `${more}echo ${text}`]
    const { ref } = await start({
      name: 'web',
      initContainers: [{ name: 'init', program: say('first') }],
      containers: [
        { name: 'web', program: say('third', 'sleep 2; ') },
        { name: 'side', program: say('second', 'sleep 1; ') },
      ],
    })
    await untilExited(ref)
    const lines = await collect(ref)
    expect(lines.map(({ text, source, container }) => [text, source, container])).toEqual([
      ['first', 'init', 'init'],
      ['second', 'sidecar', 'side'],
      ['third', 'app', 'web'],
    ])
    const since = lines[1]?.at
    if (since === undefined) throw new Error('no line')
    expect(await texts(ref, { follow: false, since })).toEqual(['second', 'third'])
    expect(await texts(ref, { follow: false, tail: 2 })).toEqual(['second', 'third'])
  })

  test('following sees lines as they come, once each, over restarts', async () => {
    const spec = await start(one(['sh', '-c', 'echo "run $0"; exec sleep 1000', 'one']))
    await eventually(async () => ((await texts(spec.ref)).length === 1 ? true : undefined))
    const seen: string[] = []
    const following = (async () => {
      for await (const { text } of world.engine.logs(spec.ref, { follow: true }, never)) seen.push(text)
    })()
    await eventually(() => (seen.length === 1 ? true : undefined))
    const second = world.specOf({ ...one(['sh', '-c', 'echo "run $0"; exec sleep 1000', 'two']), hash: spec.revision.hash })
    await world.engine.restartApp(second, { container: 'web', graceMs: 1000 }, never)
    await eventually(() => (seen.length === 2 ? true : undefined))
    await world.engine.removeReplica(spec.ref, never)
    await following
    expect(seen).toEqual(['run one', 'run two'])
  })

  test('a reader that leaves costs nothing more', async () => {
    const { ref } = await start(one(['sh', '-c', 'while :; do echo line; done']))
    for (let round = 0; round < 3; round++) {
      let count = 0
      for await (const _line of world.engine.logs(ref, { follow: true }, never)) if (++count === 1000) break
      expect(count).toBe(1000)
    }
  })
})

describe('files', () => {
  async function* pieces(archive: Buffer): AsyncGenerator<Uint8Array> {
    for (let place = 0; place < archive.length; place += 100) yield archive.subarray(place, place + 100)
  }

  test('go out under their own name, and in with their modes', async () => {
    const { ref } = await start(one())
    const archive = makeArchive([{ type: 'file', name: 'new/file', mode: 0o640, content: 'content' }])
    await world.engine.copy.write(ref, { path: '/tmp' }, pieces(await archive), never)
    expect((await run(ref, 'stat', '-c', '%a', '/tmp/new/file')).out).toBe('640\n')
    const found = await readArchive(await world.engine.copy.read(ref, { path: '/tmp/new' }, never))
    expect(found.get('new/file')).toBe('content')
  })

  test('a path that is not there is a fault, either way', async () => {
    const { ref } = await start(one())
    const notFound = { fault: { kind: 'not-found', code: 'MP4213', message: expect.stringContaining('/no/where') } }
    await expect(world.engine.copy.read(ref, { path: '/no/where' }, never)).rejects.toMatchObject(notFound)
    const archive = await makeArchive([{ type: 'file', name: 'file', mode: 0o644, content: 'content' }])
    await expect(world.engine.copy.write(ref, { path: '/no/where' }, pieces(archive), never)).rejects.toMatchObject(notFound)
  })
})

describe('processes', () => {
  test('are listed, and the first one gets signals', async () => {
    const { ref } = await start(one(['sh', '-c', 'trap "echo hup" HUP; echo up; while :; do sleep 0.05; done']))
    await eventually(async () => ((await texts(ref)).includes('up') ? true : undefined))
    const { titles, rows } = await world.engine.processes.list(ref, undefined, never)
    expect(titles).toContain('PID')
    expect(titles.at(-1)).toMatch(/^(CMD|COMMAND)$/)
    expect(rows.some((row) => row.join(' ').includes('trap'))).toBe(true)
    await world.engine.processes.kill(ref, { signal: 'SIGHUP' }, never)
    await eventually(async () => ((await texts(ref)).includes('hup') ? true : undefined))
  })
})

describe('statistics', () => {
  test('tell the cores and the memory of all containers, also after a restart', async () => {
    const spec = await start({
      name: 'web',
      containers: [
        { name: 'web', program: ['sh', '-c', 'while :; do :; done'] },
        { name: 'side', program: stay },
      ],
    })
    const read = async (): Promise<{ cpu: number; memoryBytes: number }> =>
      (await world.engine.stats?.read(spec.ref, never)) ?? { cpu: 0, memoryBytes: 0 }
    const busy = async (): Promise<true | undefined> => ((await read()).cpu > 0.1 ? true : undefined)
    expect((await read()).cpu).toBe(0)
    await eventually(busy, 30_000)
    const { cpu, memoryBytes } = await read()
    expect(cpu).toBeLessThan(availableParallelism() + 0.5)
    expect(memoryBytes).toBeGreaterThan(4 << 20)
    expect(memoryBytes).toBeLessThan(200 << 20)
    await world.engine.restartApp(spec, { container: 'web', graceMs: 100 }, never)
    await eventually(busy, 30_000)
    await expect(world.engine.stats?.read({ ...spec.ref, id: 'none--1.0' as never }, never)).rejects.toMatchObject({
      fault: { kind: 'not-found' },
    })
  })
})
