import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { isAlive, startTimeOf } from '../../runtime/process-identity/identity.ts'
import { readEnvironment } from '../../runtime/process-identity/process-table-linux.ts'
import type { LogLine, LogOptions, ReplicaRef, ReplicaSpec } from '../../src/model/engine.ts'
import type { Container, Volume } from '../../src/model/pod.ts'
import { anOrigin } from '../kit/builders.ts'
import { eventually } from '../kit/eventually.ts'
import { type ProcessComponent, type ProcessContainer, ProcessWorld } from '../kit/process-world.ts'

const never = new AbortController().signal

let world: ProcessWorld
beforeEach(() => {
  world = new ProcessWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

async function start(component: ProcessComponent): Promise<ReplicaSpec> {
  const spec = world.specOf(component)
  await world.engine.startReplica(spec, never)
  return spec
}

const one = (program: ProcessContainer['program'], more: Partial<ProcessContainer> = {}): ProcessComponent => ({
  name: 'web',
  containers: [{ name: 'web', program, ...more }],
})

async function see(ref: ReplicaRef) {
  return (await world.engine.observe(world.owner)).replicas.find(({ id }) => id === ref.id)
}

const untilExited = (ref: ReplicaRef) =>
  eventually(async () => {
    const replica = await see(ref)
    return replica?.phase === 'exited' ? replica : undefined
  })

async function lines(ref: ReplicaRef, options: LogOptions = { follow: false }): Promise<LogLine[]> {
  const found: LogLine[] = []
  for await (const line of world.engine.logs(ref, options, never)) found.push(line)
  return found
}

const texts = async (ref: ReplicaRef, options?: LogOptions): Promise<string[]> => (await lines(ref, options)).map(({ text }) => text)

const firstLine = (ref: ReplicaRef): Promise<string> => eventually(async () => (await texts(ref))[0])

async function ask(ref: ReplicaRef, port: number, path = '/'): Promise<string> {
  return eventually(async () => {
    const endpoint = await world.engine.endpoint(ref, port)
    if (endpoint === undefined) return undefined
    return (await fetch(`http://${endpoint.host}:${endpoint.port}${path}`)).text()
  })
}

const directoryOf = (ref: ReplicaRef): string => `${world.home}/environments/test/replicas/${ref.id}`

describe('what a process is given', () => {
  test('PORT, PORT_<NAME>, its declared environment, and of the daemon only what is on the list', async () => {
    const { ref } = await start(
      one({ kind: 'print-env' }, { ports: [8000, 9000], env: { GREETING: 'hi', 'app.name': 'shop', PORT: '8000' } }),
    )
    const env = JSON.parse(await firstLine(ref)) as Record<string, string>
    const [web, admin] = await Promise.all([8000, 9000].map((port) => world.engine.endpoint(ref, port)))
    expect(env).toMatchObject({
      PORT: String(web?.port),
      PORT_PORT_8000: String(web?.port),
      PORT_PORT_9000: String(admin?.port),
      GREETING: 'hi',
      'app.name': 'shop',
      MINIPAAS_REPLICA: ref.id,
    })
    expect(env.PATH).toBeTruthy()
    expect(env).not.toHaveProperty('SECRET_OF_DAEMON')
    expect(Object.keys(env).filter((name) => name.startsWith('MINIPAAS_ARG') || name === 'MINIPAAS_EXIT_FILE')).toEqual([])
  })

  test('the same port again when it is free', async () => {
    const web = one({ kind: 'serve' }, { ports: [8000] })
    const { ref } = await start(web)
    const before = await world.engine.endpoint(ref, 8000)
    await world.engine.removeReplica(ref)
    await start(web)
    expect(await world.engine.endpoint(ref, 8000)).toEqual(before)
  })

  test('$(NAME) of its environment in the command', async () => {
    const { ref } = await start(one([process.execPath, '-p', '"$(WHO) $$(WHO) $(NOBODY)"'], { env: { WHO: 'me' } }))
    expect(await firstLine(ref)).toBe('me $(WHO) $(NOBODY)')
  })

  const volume = (name: string, source: Volume['source']): Volume => ({ name, source, origin: anOrigin('volumes') })
  const mount = (name: string, subPath?: string): Container['mounts'][number] => ({
    volume: name,
    path: `/${name}`,
    readOnly: false,
    ...(subPath === undefined ? {} : { subPath }),
  })

  test('named volumes that outlive the replica', async () => {
    const component = (kind: string): ProcessComponent => ({
      ...one({ kind, variable: 'MINIPAAS_MOUNT_DATA', path: '/note', content: 'kept' }, { changes: { mounts: [mount('data')] } }),
      volumes: [volume('data', { type: 'named', claim: 'notes' })],
    })
    const writer = await start(component('write-file'))
    await untilExited(writer.ref)
    await world.engine.removeReplica(writer.ref)
    const reader = await start(component('print-file'))
    expect(await firstLine(reader.ref)).toBe('kept')
    expect(readFileSync(`${world.home}/environments/test/volumes/notes/note`, 'utf8')).toBe('kept')
  })

  // A daemon killed in between left the files behind: nobody knew where they were.
  test('the record tells where files of secrets will be before the first of them is written', async () => {
    const component: ProcessComponent = {
      ...one({ kind: 'print-env' }, { changes: { mounts: [mount('creds')] } }),
      volumes: [volume('creds', { type: 'secret', name: 'keys', mode: 0o400 })],
      files: { keys: { token: 'marker-4711' } },
    }
    const spec = world.specOf(component)
    const recorded: unknown[] = []
    const filesOf: typeof spec.filesOf = (source) => {
      const record = `${directoryOf(spec.ref)}/replica.json`
      recorded.push(existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).runtimeDirectory : undefined)
      return spec.filesOf(source)
    }
    await world.engine.startReplica({ ...spec, filesOf }, never)
    expect(recorded).toEqual([expect.stringContaining(spec.ref.id)])
  })

  test('files of secrets in a closed directory that goes with the replica, sub-paths too', async () => {
    const { ref } = await start({
      ...one({ kind: 'print-env' }, { changes: { mounts: [mount('creds'), mount('creds', 'deep/token')] } }),
      volumes: [volume('creds', { type: 'secret', name: 'keys', mode: 0o400, items: [{ key: 'token', path: 'deep/token' }] })],
      files: { keys: { token: 'marker-4711', other: 'x' } },
    })
    const env = JSON.parse(await firstLine(ref)) as Record<string, string>
    const file = env.MINIPAAS_MOUNT_CREDS_2 ?? ''
    expect(file).toBe(`${env.MINIPAAS_MOUNT_CREDS}/deep/token`)
    expect(readFileSync(file, 'utf8')).toBe('marker-4711')
    expect(statSync(file).mode & 0o777).toBe(0o400)
    expect(statSync(env.MINIPAAS_MOUNT_CREDS ?? '').mode & 0o777).toBe(0o700)
    expect(existsSync(`${env.MINIPAAS_MOUNT_CREDS}/other`)).toBe(false)
    await world.engine.removeReplica(ref)
    expect(existsSync(file)).toBe(false)
  })

  test.each([
    ['a missing object', { type: 'secret', name: 'absent', mode: 0o400 }, undefined, /no secret absent/],
    ['a missing key', { type: 'config', name: 'keys', mode: 0o400, items: [{ key: 'no', path: 'no' }] }, undefined, /no key no/],
    ['a path that leaves', { type: 'config', name: 'keys', mode: 0o400, items: [{ key: 'a', path: '../a' }] }, undefined, /leaves/],
    ['a sub-path that leaves', { type: 'empty', medium: 'disk' }, '../../x', /leaves/],
    ['a claim that is a path', { type: 'named', claim: '../../x' }, undefined, /cannot be the name/],
  ] as const)('%s is refused', async (_, source, subPath, message) => {
    const spec = world.specOf({
      ...one({ kind: 'stay' }, { changes: { mounts: [mount('data', subPath)] } }),
      volumes: [volume('data', source)],
      files: { keys: { a: 'b' } },
    })
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { message: expect.stringMatching(message) } })
    expect(existsSync(directoryOf(spec.ref))).toBe(false)
  })
})

describe('what cannot be started', () => {
  test('an image without a local form names the overlay key', async () => {
    const spec = world.specOf(one({ kind: 'stay' }))
    const container = { ...spec.revision.spec.pod.containers[0] } as { process?: unknown }
    delete container.process
    const revision = {
      ...spec.revision,
      spec: { ...spec.revision.spec, pod: { ...spec.revision.spec.pod, containers: [container as Container] } },
    }
    await expect(world.engine.startReplica({ ...spec, revision }, never)).rejects.toMatchObject({
      fault: { code: 'MP4101', kind: 'invalid', next: expect.stringContaining('components.web.run') },
    })
  })

  test.each([
    ['program', ['no-such-program'], undefined, /no program no-such-program/],
    ['directory', ['true'], '/no/such/directory', /no directory \/no\/such/],
    ['command', [], undefined, /command/],
  ])('a missing %s is named, and nothing is left', async (_, command, cwd, message) => {
    const process = { cwd: cwd ?? '/', command, env: [], origin: anOrigin('run') }
    const spec = world.specOf(one(command, { changes: { process } }))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { message: expect.stringMatching(message) } })
    expect((await world.engine.observe(world.owner)).replicas).toEqual([])
  })

  test('the last lines of a failed init container are told, its secrets are not', async () => {
    const env = [{ name: 'PASSWORD', value: { secret: 'db', key: 'password' }, origin: anOrigin('env') }]
    const spec = world.specOf({
      ...one({ kind: 'stay' }),
      initContainers: [
        {
          name: 'migrate',
          program: ['sh', '-c', 'echo "denied for $PASSWORD"; exit 9'],
          env: { PASSWORD: 'marker-4711' },
          changes: { env },
        },
      ],
    })
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({
      fault: { code: 'MP4103', message: expect.stringMatching(/migrate ended with exit code 9.*denied for ‹secret db\/password›/s) },
    })
  })
})

describe('nothing leaks', () => {
  const pids = async (ref: ReplicaRef): Promise<number[]> => JSON.parse(await firstLine(ref)) as number[]

  test('removal ends children, also those that made a session of their own', async () => {
    const { ref } = await start(one({ kind: 'fork', end: 'stay' }))
    const children = await pids(ref)
    await world.engine.removeReplica(ref)
    expect(children.map(startTimeOf)).toEqual([undefined, undefined])
  })

  test('stopping kills after the grace what is left of them', async () => {
    const { ref } = await start(one({ kind: 'fork', end: 'stay' }))
    const children = await pids(ref)
    await world.engine.stopReplica(ref, 100, never)
    expect(children.map(startTimeOf)).toEqual([undefined, undefined])
  })

  test('nothing outlives the first process of a container', async () => {
    const { ref } = await start(one({ kind: 'fork', end: 'exit' }))
    await untilExited(ref)
    const children = await pids(ref)
    await eventually(() => (children.some((pid) => startTimeOf(pid) !== undefined) ? undefined : true))
  })

  test('the shell that waits for the program can be killed without leaving the program', async () => {
    const { ref } = await start(one({ kind: 'serve' }, { ports: [8000] }))
    const pid = Number(await ask(ref, 8000, '/pid'))
    const record = JSON.parse(readFileSync(`${directoryOf(ref)}/replica.json`, 'utf8'))
    process.kill(record.containers[0].process.pid, 'SIGKILL')
    expect((await untilExited(ref)).containers[0]).toMatchObject({ exitCode: 137 })
    await eventually(() => (startTimeOf(pid) === undefined ? true : undefined))
  })

  test('an interrupted start is undone by the next engine', async () => {
    const spec = world.specOf({ ...one({ kind: 'stay' }), initContainers: [{ name: 'init', program: { kind: 'stay', say: 'up' } }] })
    world.engine.startReplica(spec, never).catch(() => {})
    await eventually(async () => ((await texts(spec.ref)).includes('up') ? true : undefined))
    const record = JSON.parse(readFileSync(`${directoryOf(spec.ref)}/replica.json`, 'utf8'))
    const later = world.openEngine()
    expect((await later.observe(world.owner)).replicas).toEqual([])
    expect(isAlive(record.containers[0].process)).toBe(false)
    expect(existsSync(directoryOf(spec.ref))).toBe(false)
  })

  test('neither arguments nor environment are in the state directory or in our command lines', async () => {
    const { ref } = await start(one([process.execPath, '-e', 'setInterval(() => {}, 1e9)', '$(TOKEN)'], { env: { TOKEN: 'marker-4711' } }))
    const record = JSON.parse(readFileSync(`${directoryOf(ref)}/replica.json`, 'utf8'))
    expect(readFileSync(`/proc/${record.containers[0].process.pid}/cmdline`, 'utf8')).not.toContain('marker-4711')
    const files = readdirSync(world.home, { recursive: true, encoding: 'utf8' }).map((name) => `${world.home}/${name}`)
    for (const file of files) if (statSync(file).isFile()) expect(readFileSync(file, 'utf8')).not.toContain('marker-4711')
    expect(statSync(`${directoryOf(ref)}/replica.json`).mode & 0o777).toBe(0o600)
  })
})

describe('ends and hooks', () => {
  test('the shim writes nothing into the output and tells the signal', async () => {
    const { ref } = await start(one([process.execPath, '-e', 'process.kill(process.pid, "SIGSEGV")']))
    expect((await untilExited(ref)).containers[0]).toMatchObject({ exitCode: 139, signal: 'SIGSEGV' })
    expect(await texts(ref)).toEqual([])
  })

  test('SIGTERM reaches a program once', async () => {
    const script =
      "process.on('SIGTERM', () => { console.log('term'); setTimeout(() => process.exit(0), 100) }); setInterval(() => {}, 1e9); console.log('up')"
    const { ref } = await start(one(['sh', '-c', `exec node -e "${script}"`]))
    await eventually(async () => ((await texts(ref)).includes('up') ? true : undefined))
    await world.engine.stopReplica(ref, 5_000, never)
    expect(await texts(ref)).toEqual(['up', 'term'])
  })

  test('postStart and preStop run in the container', async () => {
    const hook = (name: string) =>
      ({ by: 'exec', command: ['sh', '-c', `echo "$GREETING from ${name}" >>"$MINIPAAS_MOUNT_DATA/hooks"`] }) as const
    const { ref } = await start({
      ...one(
        { kind: 'stay' },
        {
          env: { GREETING: 'hi' },
          changes: {
            lifecycle: { postStart: hook('start'), preStop: hook('stop') },
            mounts: [{ volume: 'data', path: '/data', readOnly: false }],
          },
        },
      ),
      volumes: [{ name: 'data', source: { type: 'named', claim: 'notes' }, origin: anOrigin('volumes') }],
    })
    const file = `${world.home}/environments/test/volumes/notes/hooks`
    expect(readFileSync(file, 'utf8')).toBe('hi from start\n')
    await world.openEngine().stopReplica(ref, 5_000, never)
    expect(readFileSync(file, 'utf8')).toBe('hi from start\nhi from stop\n')
  })

  test('a postStart hook that fails ends the replica', async () => {
    const spec = world.specOf(
      one({ kind: 'stay' }, { changes: { lifecycle: { postStart: { by: 'exec', command: ['sh', '-c', 'echo no; exit 3'] } } } }),
    )
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({
      fault: { code: 'MP4105', message: expect.stringMatching(/3: no/) },
    })
    expect((await world.engine.observe(world.owner)).replicas).toEqual([])
  })

  test('a hook by HTTP waits until the container listens', async () => {
    const postStart = { by: 'http', port: 8000, path: '/', scheme: 'http', headers: [] } as const
    const { ref } = await start(one({ kind: 'serve' }, { ports: [8000], changes: { lifecycle: { postStart } } }))
    expect((await see(ref))?.phase).toBe('running')
  })
})

describe('where a container listens', () => {
  const freePort = (): Promise<number> =>
    new Promise((resolve) => {
      const server = createServer().listen(0, () => {
        const { port } = server.address() as { port: number }
        server.close(() => resolve(port))
      })
    })

  test('its own port is found, told, and makes a second replica a fault', async () => {
    const port = await freePort()
    const web = one({ kind: 'serve-on', port, body: 'mine' }, { ports: [port] })
    const { ref } = await start(web)
    await eventually(async () => ((await world.engine.endpoint(ref, port))?.port === port ? true : undefined))
    expect(await ask(ref, port)).toBe('mine')
    expect((await see(ref))?.unhealthy).toMatch(new RegExp(`^listens on ${port} instead of PORT=\\d+$`))
    await expect(start({ ...web, ordinal: 1 })).rejects.toMatchObject({ fault: { code: 'MP4104', kind: 'conflict' } })
  })

  test('somebody else on the declared port is not taken for it', async () => {
    const port = await freePort()
    const server = createServer().listen(port)
    try {
      const { ref } = await start(one({ kind: 'stay' }, { ports: [port] }))
      const before = await world.engine.endpoint(ref, port)
      await world.engine.observe(world.owner)
      expect(before?.port).not.toBe(port)
      const seen: (number | undefined)[] = []
      await eventually(async () => {
        seen.push((await world.engine.endpoint(ref, port))?.port)
        return seen.length > 30 ? true : undefined
      })
      expect(new Set(seen)).toEqual(new Set([before?.port]))
    } finally {
      server.close()
    }
  })

  test('a listener on the other loopback address is found', async () => {
    const { ref } = await start(
      one([process.execPath, '-e', "require('http').createServer((q, s) => s.end('six')).listen(process.env.PORT, '::1')"], {
        ports: [8000],
      }),
    )
    await eventually(async () => ((await world.engine.endpoint(ref, 8000))?.host === '::1' ? true : undefined))
  })
})

describe('output', () => {
  test('characters that are cut by writes stay whole, and an unfinished last line is told', async () => {
    const script = "const b = Buffer.from('grüße €\\nlast'); for (const x of b) require('fs').writeSync(1, Buffer.of(x))"
    const { ref } = await start(one([process.execPath, '-e', script]))
    await untilExited(ref)
    expect(await texts(ref)).toEqual(['grüße €', 'last'])
  })

  test('lines have the time at which they came, to a tenth of a second, also for a later engine', async () => {
    const script = "console.log('early', Date.now()); setTimeout(() => console.log('late', Date.now()), 400)"
    const { ref } = await start(one([process.execPath, '-e', script]))
    await untilExited(ref)
    await world.engine.release()
    world.openEngine()
    const [early, late] = await lines(ref)
    for (const line of [early, late]) expect(Math.abs((line?.at ?? 0) - Number(line?.text.split(' ')[1]))).toBeLessThan(150)
    expect(await texts(ref, { follow: false, since: late?.at ?? early?.at ?? (0 as never) })).toEqual([late?.text])
  })

  test('following sees lines as they come, over a restart', async () => {
    const web = one(['sh', '-c', 'echo "start"; sleep 1000'])
    const spec = await start(web)
    const seen: string[] = []
    const following = (async () => {
      for await (const { text } of world.engine.logs(spec.ref, { follow: true }, never)) seen.push(text)
    })()
    await eventually(() => (seen.length === 1 ? true : undefined))
    await world.engine.restartApp(spec, { container: 'web', graceMs: 1_000 }, never)
    await eventually(() => (seen.length === 2 ? true : undefined))
    await world.engine.removeReplica(spec.ref)
    await following
    expect(seen).toEqual(['start', 'start'])
  })

  test('a flood is cut off at its size, and a follower misses nothing it had time to read', async () => {
    const { ref } = await start(
      one(['sh', '-c', 'i=0; while [ $i -lt 24 ]; do head -c 1048575 /dev/zero | tr "\\0" x; echo; i=$((i+1)); done; sleep 1000']),
    )
    let bytes = 0
    await eventually(async () => {
      bytes = statSync(`${directoryOf(ref)}/logs/web.out`).size
      return existsSync(`${directoryOf(ref)}/logs/web.out.1`) && bytes < 16 * 1024 * 1024 ? true : undefined
    })
    expect(statSync(`${directoryOf(ref)}/logs/web.out.1`).size).toBeGreaterThan(16 * 1024 * 1024 - 1)
  })
})

describe('commands', () => {
  const decode = (data: Uint8Array): string => Buffer.from(data).toString('utf8')

  test('run in the context of the container, with input, output and exit code', async () => {
    const { ref } = await start(one({ kind: 'stay' }, { env: { GREETING: 'hi' }, ports: [8000] }))
    const origin = anOrigin('exec')
    const command = ['sh', '-c', 'read line; echo "$GREETING $line $EXTRA $PORT"; echo bad >&2; exit 7']
    const session = await world.engine.exec.exec(ref, { command, env: [{ name: 'EXTRA', value: 'more', origin }] }, never)
    void session.write(Buffer.from('there\n'))
    session.endInput()
    const output = { out: '', err: '' }
    for await (const { stream, data } of session.output) output[stream] += decode(data)
    expect(output).toEqual({ out: `hi there more ${(await world.engine.endpoint(ref, 8000))?.port}\n`, err: 'bad\n' })
    expect(await session.exitCode).toBe(7)
  })

  test('also in a replica that an earlier engine started', async () => {
    const { ref } = await start(one({ kind: 'stay' }, { env: { GREETING: 'hi' } }))
    await world.engine.release()
    const session = await world.openEngine().exec.exec(ref, { command: ['sh', '-c', 'echo $GREETING'] }, never)
    let text = ''
    for await (const { data } of session.output) text += decode(data)
    expect(text).toBe('hi\n')
  })

  test('end with their session', async () => {
    const { ref } = await start(one({ kind: 'stay' }))
    const leaving = new AbortController()
    const session = await world.engine.exec.exec(ref, { command: ['sleep', '1000'] }, leaving.signal)
    leaving.abort()
    expect(await session.exitCode).toBe(137)
  })

  test('are refused where nothing runs', async () => {
    const { ref } = await start(one({ kind: 'exit', code: 0 }))
    await untilExited(ref)
    await expect(world.engine.exec.exec(ref, { command: ['true'] }, never)).rejects.toMatchObject({ fault: { kind: 'conflict' } })
    await expect(world.engine.exec.exec(ref, { container: 'no', command: ['true'] }, never)).rejects.toMatchObject({
      fault: { kind: 'not-found' },
    })
  })

  test('a one-off is a copy of its own that nobody observes and that is gone at its end', async () => {
    const spec = world.specOf(one({ kind: 'print', out: ['own\n'], end: 'exit' }, { ports: [8000] }))
    const session = await world.engine.exec.run(spec, { command: [] }, never)
    expect((await world.engine.observe(world.owner)).replicas).toEqual([])
    let text = ''
    for await (const { data } of session.output) text += decode(data)
    expect([text, await session.exitCode]).toEqual(['own\n', 0])
    expect(existsSync(directoryOf(spec.ref))).toBe(false)
  })

  test('a one-off does not outlive its daemon', async () => {
    const spec = world.specOf(one({ kind: 'stay' }))
    const session = await world.engine.exec.run(spec, { command: ['sleep', '1000'] }, never)
    await world.openEngine().observe(world.owner)
    expect(await session.exitCode).toBe(137)
    expect(existsSync(directoryOf(spec.ref))).toBe(false)
  })
})

describe('facets', () => {
  const states = async (ref: ReplicaRef): Promise<string | undefined> => {
    const handle = (await see(ref))?.containers[0]?.handle
    return readFileSync(`/proc/${handle}/stat`, 'latin1').split(') ')[1]?.[0]
  }

  test('freezing stops the processes', async () => {
    const { ref } = await start(one({ kind: 'stay', say: 'up' }))
    await firstLine(ref)
    await world.engine.freezer?.freeze(ref, never)
    expect(await states(ref)).toBe('T')
    expect((await world.openEngine().observe(world.owner)).replicas[0]?.frozen).toBe(true)
    await world.engine.freezer?.thaw(ref, never)
    expect(await states(ref)).not.toBe('T')
  })

  test('volumes cannot be made outside their directory', async () => {
    for (const name of ['..', '../x', 'a/b', '/etc', '.hidden', '']) {
      await expect(world.engine.volumes.ensure(name, world.owner, never)).rejects.toMatchObject({ fault: { code: 'MP4111' } })
      await expect(world.engine.volumes.remove(name, world.owner, never)).rejects.toMatchObject({ fault: { code: 'MP4111' } })
    }
  })

  test('statistics count all processes', async () => {
    const { ref } = await start(one({ kind: 'serve' }, { ports: [8000] }))
    await ask(ref, 8000)
    const { memoryBytes } = (await world.engine.stats?.read(ref, never)) ?? { memoryBytes: 0 }
    expect(memoryBytes).toBeGreaterThan(20 * 1024 * 1024)
    expect(memoryBytes).toBeLessThan(200 * 1024 * 1024)
  })

  test('an environment keeps what is not the engine’s', async () => {
    await start(one({ kind: 'stay' }))
    writeFileSync(`${world.home}/environments/test/state.json`, '{}')
    await world.engine.removeEnvironment(world.owner, never)
    expect(readdirSync(`${world.home}/environments/test`)).toEqual(['state.json'])
    mkdirSync(`${world.home}/environments/empty`)
    expect(await world.engine.environments()).toEqual([])
  })

  test('a command of a package finds the programs of its own modules', async () => {
    const bin = `${world.home}/app/node_modules/.bin`
    mkdirSync(bin, { recursive: true })
    writeFileSync(`${bin}/greet`, '#!/bin/sh\necho from the package\n', { mode: 0o755 })
    const command = ['sh', '-c', 'greet']
    const { ref } = await start(
      one(command, { changes: { process: { cwd: `${world.home}/app`, command, env: [], origin: anOrigin('run') } } }),
    )
    expect(await firstLine(ref)).toBe('from the package')
    expect(readEnvironment(process.pid)).not.toContain(bin)
  })
})
