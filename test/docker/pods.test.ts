import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ReplicaRef, ReplicaSpec } from '../../src/model/engine.ts'
import type { ObservedReplica } from '../../src/model/observed.ts'
import type { Container, Volume } from '../../src/model/pod.ts'
import { anOrigin } from '../kit/builders.ts'
import { type DockerComponent, type DockerContainer, DockerWorld } from '../kit/docker/docker-world.ts'
import { isPodman } from '../kit/docker/podman-differences.ts'
import { collectSession } from '../kit/docker/session-output.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal

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

const stay = { kind: 'stay' }

function one(changes: Partial<Container> = {}, program: DockerContainer['program'] = stay): DockerComponent {
  return { name: 'web', containers: [{ name: 'web', program, changes }] }
}

function volume(name: string, source: Volume['source']): Volume {
  return { name, source, origin: anOrigin('volumes', name) }
}

/** Standard output of a command in a replica. */
async function said(ref: ReplicaRef, script: string, container = 'web'): Promise<string> {
  return (await collectSession(await world.engine.exec.exec(ref, { container, command: ['sh', '-c', script] }, never))).out
}

async function see(ref: ReplicaRef): Promise<ObservedReplica | undefined> {
  return (await world.engine.observe(world.owner, never)).replicas.find(({ id }) => id === ref.id)
}

async function lines(ref: ReplicaRef, container?: string): Promise<string[]> {
  const texts: string[] = []
  const options = { follow: false, ...(container === undefined ? {} : { container }) }
  for await (const { text } of world.engine.logs(ref, options, never)) texts.push(text)
  return texts
}

describe('a pod', () => {
  test('has one hostname, host aliases and one network for its containers', async () => {
    const { ref } = await start({
      ...one({}, { kind: 'serve', body: 'here' }),
      containers: [
        { name: 'web', program: { kind: 'serve', body: 'here' }, ports: [8000] },
        { name: 'side', program: stay },
      ],
      hostname: 'shop-front',
      hostAliases: [{ ip: '10.1.2.3', hostnames: ['legacy', 'old.example'] }],
    })
    for (const container of ['web', 'side']) {
      expect(await said(ref, 'hostname; echo $HOSTNAME', container)).toBe('shop-front\nshop-front\n')
      const hosts = await said(ref, 'cat /etc/hosts', container)
      for (const name of ['legacy', 'old.example']) expect(hosts).toMatch(new RegExp(`^10\\.1\\.2\\.3\\s+.*${name}`, 'm'))
    }
    await eventually(async () => ((await said(ref, 'wget -qO- http://127.0.0.1:8000/', 'side')) === 'here' ? true : undefined))
  })

  test('carries requests and limits, an init, and no check of health', async () => {
    const { ref } = await start(one({ requests: { cpu: 0.5, memoryBytes: 32 << 20 }, limits: { cpu: 6, memoryBytes: 64 << 20 } }))
    const { HostConfig: host, Config: config } = await world.inspect(ref, 'web')
    expect(host).toMatchObject({
      CpuShares: 512,
      CpuPeriod: 100_000,
      CpuQuota: 600_000,
      Memory: 64 << 20,
      MemoryReservation: 32 << 20,
      Init: true,
      RestartPolicy: { Name: 'no' },
    })
    expect(config.Healthcheck?.Test).toEqual(['NONE'])
    expect(await said(ref, 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null')).toBe(`${64 << 20}\n`)
  })

  test('one that uses more memory than its limit is ended, and says so', async () => {
    const hog = ['node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1))']
    const { ref } = await start(one({ limits: { memoryBytes: 64 << 20 } }, hog))
    const replica = await eventually(async () => ((await see(ref))?.phase === 'exited' ? see(ref) : undefined), 30_000)
    expect(replica?.containers[0]?.exitCode).toBe(137)
    // Podman does not tell it where control groups are of version 1.
    if (!(await isPodman(world.docker))) expect(replica?.unhealthy).toMatch(/more memory than its limit/)
  })

  test('command, args, working directory and variables are those of Kubernetes', async () => {
    const { ref } = await start({
      name: 'web',
      containers: [
        {
          name: 'web',
          program: ['sh', '-c', 'echo "$0 $1 $(pwd)"; sleep 1000'],
          env: { NAME: 'it is me' },
          changes: { args: ['$(NAME)', '$$(NAME) $(OTHER)'], workdir: '/tmp' },
        },
      ],
    })
    await eventually(async () => ((await lines(ref)).length > 0 ? true : undefined))
    expect(await lines(ref)).toEqual(['it is me $(NAME) $(OTHER) /tmp'])
  })

  test('an image that is not there is a fault, and nothing is left', async () => {
    const spec = world.specOf(one({ image: { from: 'registry', ref: 'nowhere.invalid/none:1' } }))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({ fault: { kind: 'not-found' } })
    expect(await see(spec.ref)).toBeUndefined()
  })

  test('a program that is not there ends with an error, and the output names it', async () => {
    const { ref } = await start(one({}, ['no-such-program']))
    const replica = await eventually(async () => ((await see(ref))?.phase === 'exited' ? see(ref) : undefined))
    // The engine's own init says so: that of Docker with the name and 127, that of Podman with 1.
    const [code, words] = (await isPodman(world.docker)) ? [1, /failed to exec.*No such file/] : [127, /no-such-program.*No such file/]
    expect(replica?.containers[0]?.exitCode).toBe(code)
    expect((await lines(ref)).join()).toMatch(words)
  })

  test('the output of a failing init container is in the fault, without values of secrets', async () => {
    const env = [{ name: 'TOKEN', value: { secret: 'keys', key: 'token' }, origin: anOrigin('env') }]
    const init = { name: 'migrate', program: ['sh', '-c', 'echo "bad $TOKEN"; exit 3'], env: { TOKEN: 'marker-4711' }, changes: { env } }
    const spec = world.specOf({ ...one(), initContainers: [init] })
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({
      fault: {
        code: 'MP4103',
        message: expect.stringMatching(/migrate ended with exit code 3; its last lines:\nbad ‹secret keys\/token›/),
      },
    })
  })

  test('an interrupted start is begun again', async () => {
    const spec = await start(one())
    const { Id: id, Name: name, Config: config } = await world.inspect(spec.ref, 'web')
    await world.docker.getContainer(id).remove({ force: true })
    // As a daemon leaves it that ends between the two calls of the engine.
    const left = await world.docker.createContainer({ name: name.slice(1), Image: config.Image, Labels: config.Labels })
    expect((await see(spec.ref))?.phase).toBe('starting')
    await world.engine.startReplica(spec, never)
    expect(await see(spec.ref)).toMatchObject({ phase: 'running', containers: [{ name: 'web', state: 'running', restarts: 0 }] })
    expect((await world.inspect(spec.ref, 'web')).Id).not.toBe(left.id)
  })

  test('a start is given up by whoever ends the replica', async () => {
    const spec = world.specOf({ ...one(), initContainers: [{ name: 'init', program: stay }] })
    const starting = world.engine.startReplica(spec, never)
    starting.catch(() => {})
    await eventually(async () => ((await see(spec.ref))?.containers.some(({ state }) => state === 'running') ? true : undefined))
    await world.engine.stopReplica(spec.ref, 30_000, never)
    await expect(starting).rejects.toMatchObject({ fault: { kind: 'cancelled' } })
    expect(await see(spec.ref)).toBeUndefined()
  })
})

describe('volumes', () => {
  test('are shared by the containers of a replica, and go with it', async () => {
    const mounts = [
      { volume: 'scratch', path: '/scratch', readOnly: false },
      { volume: 'fast', path: '/fast', readOnly: false },
    ]
    const { ref } = await start({
      name: 'web',
      containers: [
        { name: 'web', program: stay, changes: { mounts } },
        { name: 'side', program: stay, changes: { mounts } },
      ],
      volumes: [volume('scratch', { type: 'empty', medium: 'disk' }), volume('fast', { type: 'empty', medium: 'memory' })],
    })
    await said(ref, 'echo disk >/scratch/a; echo memory >/fast/a')
    expect(await said(ref, 'cat /scratch/a /fast/a; stat -f -c %T /fast', 'side')).toBe('disk\nmemory\ntmpfs\n')
    expect((await world.engine.observe(world.owner, never)).volumes).toEqual([])
    expect((await world.things().all()).volumes).toHaveLength(2)
    await world.engine.removeReplica(ref, never)
    expect((await world.things().all()).volumes).toEqual([])
  })

  test('a named one keeps its content, also in parts, and is empty at first', async () => {
    const component = one({
      mounts: [
        { volume: 'data', path: '/usr/local', readOnly: false },
        { volume: 'data', path: '/part', subPath: 'a/b', readOnly: false },
        { volume: 'data', path: '/look', readOnly: true },
      ],
    })
    // The image has its programs where the volume goes: a copy of them would be in it.
    const sleeper = { ...component, containers: component.containers.map((item) => ({ ...item, program: ['sleep', '1000'] })) }
    const withVolume = { ...sleeper, volumes: [volume('data', { type: 'named', claim: 'notes' })] }
    const { ref } = await start(withVolume)
    expect(await said(ref, 'ls /usr/local')).toBe('a\n')
    await said(ref, 'echo kept >/part/file')
    expect(await said(ref, 'cat /usr/local/a/b/file; touch /look/x 2>/dev/null || echo closed')).toBe('kept\nclosed\n')
    await world.engine.removeReplica(ref, never)
    const { ref: next } = await start({ ...withVolume, ordinal: 1 })
    expect(await said(next, 'cat /part/file')).toBe('kept\n')
    expect((await world.engine.observe(world.owner, never)).volumes).toEqual(['notes'])
  })

  test('config and secret files have their paths and modes, hide what the image has there, and cannot be written', async () => {
    const component: DockerComponent = {
      ...one({
        mounts: [
          { volume: 'settings', path: '/etc/settings', readOnly: false },
          { volume: 'keys', path: '/opt', readOnly: true },
          { volume: 'settings', path: '/etc/motd', subPath: 'app.conf', readOnly: true },
        ],
      }),
      volumes: [
        volume('settings', { type: 'config', name: 'app', mode: 0o644 }),
        volume('keys', {
          type: 'secret',
          name: 'keys',
          mode: 0o400,
          items: [
            { key: 'token', path: 'deep/er/token' },
            { key: 'cert', path: 'cert', mode: 0o444 },
          ],
        }),
      ],
      files: { app: { 'app.conf': 'colour=blue\n', 'ünï.txt': 'ünï €' }, keys: { token: 'marker', cert: 'public', unused: 'no' } },
    }
    const { ref } = await start(component)
    expect(await said(ref, 'cd /etc/settings; stat -c "%a %U %n" *; cat *')).toBe('644 root app.conf\n644 root ünï.txt\ncolour=blue\nünï €')
    expect(await said(ref, 'cd /opt; find . -type f -exec stat -c "%a %n" {} \\; | sort')).toBe('400 ./deep/er/token\n444 ./cert\n')
    expect(await said(ref, 'cat /etc/motd; echo x >/etc/settings/app.conf 2>/dev/null || echo closed')).toBe('colour=blue\nclosed\n')
    await world.engine.restartApp(world.specOf(component), { container: 'web', graceMs: 1000 }, never)
    expect(await said(ref, 'cat /etc/settings/app.conf /opt/cert')).toBe('colour=blue\npublic')
  })

  test('a missing object or key is a fault, and nothing is left', async () => {
    const mounts = [{ volume: 'settings', path: '/etc/settings', readOnly: true }]
    const none = { ...one({ mounts }), volumes: [volume('settings', { type: 'config', name: 'app', mode: 0o644 })] }
    const badMount = (why: RegExp): object => ({ fault: { code: 'MP4106', message: expect.stringMatching(why) } })
    await expect(start(none)).rejects.toMatchObject(badMount(/there is no config app/))
    const items = [{ key: 'other', path: 'x' }]
    const noKey = {
      ...none,
      volumes: [volume('settings', { type: 'config', name: 'app', mode: 0o644, items })],
      files: { app: { a: '1' } },
    }
    await expect(start(noKey)).rejects.toMatchObject(badMount(/app has no key other/))
    const { containers, volumes } = await world.things().all()
    expect([containers.filter((name) => !name.endsWith('-sandbox')), volumes]).toEqual([[], []])
  })

  test('users other than root may write to a fresh one', async () => {
    const name = 'minipaas-test-user:1'
    const base = await world.docker.createContainer({ Image: 'node:22-alpine', Cmd: ['true'] })
    await base.commit({ repo: 'minipaas-test-user', tag: '1', changes: 'USER 1000' })
    await base.remove()
    try {
      const { ref } = await start({
        ...one({
          image: { from: 'registry', ref: name },
          mounts: [
            { volume: 'scratch', path: '/scratch', readOnly: false },
            { volume: 'data', path: '/data', readOnly: false },
            { volume: 'data', path: '/part', subPath: 'mine', readOnly: false },
          ],
        }),
        volumes: [volume('scratch', { type: 'empty', medium: 'disk' }), volume('data', { type: 'named', claim: 'data' })],
      })
      expect(await said(ref, 'id -u; touch /scratch/a /data/a /part/a && echo written')).toBe('1000\nwritten\n')
    } finally {
      await world.engine.removeEnvironment(world.owner, never)
      await world.docker.getImage(name).remove({ force: true })
    }
  })

  test('a path of the machine is bound; one that is not there is a fault', async () => {
    using scratch = scratchDirectory()
    const mounts = [{ volume: 'host', path: '/host', readOnly: true }]
    const { ref } = await start({ ...one({ mounts }), volumes: [volume('host', { type: 'bind', path: '/proc/sys/kernel' })] })
    expect(await said(ref, 'cat /host/ostype')).toBe('Linux\n')
    const path = `${scratch.path}/no/such/place`
    const missing = { ...one({ mounts }), ordinal: 1, volumes: [volume('host', { type: 'bind', path })] }
    // Podman makes the directory.
    if (await isPodman(world.docker)) await start(missing)
    else await expect(start(missing)).rejects.toMatchObject({ fault: { code: 'MP4106', message: expect.stringContaining(path) } })
  })
})

describe('hooks', () => {
  const by = (script: string): Container['lifecycle']['postStart'] => ({ by: 'exec', command: ['sh', '-c', script] })
  const data = [{ volume: 'data', path: '/data', readOnly: false }]

  test('postStart and preStop run in the container', async () => {
    const { ref } = await start({
      name: 'web',
      containers: [
        {
          name: 'web',
          program: { kind: 'stay', onTerm: 'exit-0', say: 'up' },
          env: { GREETING: 'hi' },
          changes: {
            mounts: data,
            lifecycle: { postStart: by('echo "$GREETING start" >>/data/hooks'), preStop: by('echo stop >>/data/hooks') } as never,
          },
        },
        { name: 'side', program: stay, changes: { mounts: data } },
      ],
      volumes: [volume('data', { type: 'named', claim: 'notes' })],
    })
    await eventually(async () => ((await lines(ref, 'web')).includes('up') ? true : undefined))
    await world.openEngine().stopReplica(ref, 5000, never)
    const { ref: next } = await start({
      ...one({ mounts: data }),
      ordinal: 1,
      volumes: [volume('data', { type: 'named', claim: 'notes' })],
    })
    expect(await said(next, 'cat /data/hooks')).toBe('hi start\nstop\n')
  })

  test('a postStart hook that fails ends the replica', async () => {
    const spec = world.specOf(one({ lifecycle: { postStart: by('echo no; exit 3') } as never }))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({
      fault: { code: 'MP4105', message: expect.stringMatching(/3: no/) },
    })
    expect(await see(spec.ref)).toBeUndefined()
  })

  test('one by HTTP waits until the container listens, and needs no program of the image', async () => {
    const postStart = { by: 'http', port: 8000, path: '/started', scheme: 'http', headers: [{ name: 'x-from', value: 'hook' }] } as const
    const server = "require('http').createServer((q, s) => { console.log(q.url, q.headers['x-from']); s.end() }).listen(8000)"
    const { ref } = await start(one({ lifecycle: { postStart } }, ['node', '-e', `setTimeout(() => { ${server} }, 300)`]))
    await eventually(async () => ((await lines(ref)).includes('/started hook') ? true : undefined))
  })

  test('one that is answered with an error fails the start', async () => {
    const postStart = { by: 'http', port: 8000, path: '/hook', scheme: 'http', headers: [] } as const
    const server = "require('http').createServer((q, s) => { s.statusCode = 500; s.end() }).listen(8000)"
    const spec = world.specOf(one({ lifecycle: { postStart } }, ['node', '-e', server]))
    await expect(world.engine.startReplica(spec, never)).rejects.toMatchObject({
      fault: { code: 'MP4105', message: expect.stringMatching(/\/hook answered 500/) },
    })
  })

  test('a preStop hook that takes too long does not keep the container', async () => {
    const { ref } = await start(one({ lifecycle: { preStop: by('sleep 1000') } as never }))
    await world.engine.stopReplica(ref, 300, never)
    expect((await see(ref))?.phase).toBe('exited')
  })
})

describe('what others do to containers', () => {
  const pair: DockerComponent = {
    name: 'web',
    containers: [
      { name: 'web', program: stay },
      { name: 'side', program: stay },
    ],
  }
  const restart = (spec: ReplicaSpec, container: string): Promise<void> =>
    world.engine.restartApp(spec, { container, graceMs: 1000 }, never)

  test('a container that was removed is noticed, and made again', async () => {
    const spec = await start(pair)
    const { Id: id } = await world.inspect(spec.ref, 'web')
    await world.docker.getContainer(id).remove({ force: true })
    const replica = await see(spec.ref)
    expect(replica?.containers.find(({ name }) => name === 'web')).toMatchObject({ state: 'exited' })
    expect(replica?.containers.find(({ name }) => name === 'side')).toMatchObject({ state: 'running' })
    expect(replica?.unhealthy).toMatch(/web was removed/)
    await restart(spec, 'web')
    expect((await see(spec.ref))?.containers.find(({ name }) => name === 'web')).toMatchObject({ state: 'running', restarts: 1 })
  })

  test('a sandbox that was removed is noticed, and replaced by the restarts', async () => {
    const spec = await start(pair)
    const [sandbox] = await world.things().running('sandbox')
    const remove = (): Promise<unknown> => world.docker.getContainer(sandbox?.Id ?? '').remove({ force: true })
    // Podman removes none while a container that joined it exists.
    if (await isPodman(world.docker)) return await expect(remove()).rejects.toThrow(/dependent containers/)
    await remove()
    const replica = await see(spec.ref)
    expect(replica?.containers.map(({ state }) => state)).toEqual(['exited', 'exited'])
    expect(replica?.unhealthy).toMatch(/sandbox was removed/)
    await Promise.all([restart(spec, 'web'), restart(spec, 'side')])
    const later = await see(spec.ref)
    expect(later?.containers.map(({ state, restarts }) => [state, restarts])).toEqual([
      ['running', 1],
      ['running', 1],
    ])
    expect(later?.unhealthy).toBeUndefined()
    expect(await world.engine.endpoint(spec.ref, 8000)).toBeUndefined()
  })

  test('a sandbox that was killed is noticed, and revived by the restarts', async () => {
    const spec = await start(pair)
    const [sandbox] = await world.things().running('sandbox')
    await world.docker.getContainer(sandbox?.Id ?? '').kill()
    await eventually(async () => ((await see(spec.ref))?.phase === 'exited' ? true : undefined))
    await Promise.all([restart(spec, 'web'), restart(spec, 'side')])
    expect((await see(spec.ref))?.phase).toBe('running')
  })
})

describe('restarts', () => {
  test('keep the output of the run before, and of no earlier one', async () => {
    const spec = await start(one({}, ['sh', '-c', 'echo "run $RANDOM"; exec sleep 1000']))
    const seen: string[] = []
    for (let run = 0; run < 3; run++) {
      if (run > 0) await world.engine.restartApp(spec, { container: 'web', graceMs: 1000 }, never)
      const last = await eventually(async () => {
        const latest = (await lines(spec.ref)).at(-1)
        return latest !== undefined && latest !== seen.at(-1) ? latest : undefined
      })
      seen.push(last)
    }
    expect(await lines(spec.ref)).toEqual(seen.slice(-2))
    expect((await see(spec.ref))?.containers).toHaveLength(1)
    expect((await world.things().all()).containers.filter((name) => name.includes('-web-r') || name.endsWith('-web'))).toHaveLength(2)
  })

  test('of all containers go side by side', async () => {
    const ignoring = { kind: 'stay', onTerm: 'ignore', say: 'up' }
    const names = ['web', 'one', 'two']
    const spec = await start({ name: 'web', containers: names.map((name) => ({ name, program: ignoring })) })
    await eventually(async () => ((await lines(spec.ref)).length === 3 ? true : undefined))
    await Promise.all(names.map((container) => world.engine.restartApp({ ...spec, restartToken: 4 }, { container, graceMs: 500 }, never)))
    const replica = await see(spec.ref)
    expect(replica?.containers.map(({ restarts }) => restarts)).toEqual([1, 1, 1])
    expect(replica?.restartToken).toBe(4)
    const starts = (replica?.containers ?? []).map(({ startedAt = 0 }) => startedAt)
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(2000)
  })

  test('what cannot be made anew leaves the container as it is', async () => {
    const spec = await start(one())
    const broken = world.specOf({ ...one({ limits: { memoryBytes: 1 << 20 } }), hash: spec.revision.hash })
    await expect(world.engine.restartApp(broken, { container: 'web', graceMs: 100 }, never)).rejects.toMatchObject({
      fault: { message: expect.stringMatching(/memory/i) },
    })
    // Podman notices at the start only, when the one before has ended.
    const state = (await isPodman(world.docker)) ? 'exited' : 'running'
    expect((await see(spec.ref))?.containers[0]).toMatchObject({ state, restarts: 0 })
  })

  test('a postStart hook that fails ends the new run', async () => {
    const spec = await start(one())
    const postStart = { by: 'exec', command: ['sh', '-c', 'exit 5'] } as const
    const broken = world.specOf({ ...one({ lifecycle: { postStart } }), hash: spec.revision.hash })
    await expect(world.engine.restartApp(broken, { container: 'web', graceMs: 100 }, never)).rejects.toMatchObject({
      fault: { code: 'MP4105' },
    })
    await eventually(async () => {
      const [container] = (await see(spec.ref))?.containers ?? []
      return container?.state === 'exited' && container.restarts === 1 ? true : undefined
    })
  })
})
