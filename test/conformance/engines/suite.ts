import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Engine, ExecSession, LogLine, LogOptions, Owner, ReplicaRef, ReplicaSpec } from '../../../src/model/engine.ts'
import type { ObservedContainer, ObservedReplica } from '../../../src/model/observed.ts'
import { oneContainer, type Program, type SuiteComponent } from './program.ts'

/** What an engine under test may lack. Facets of the contract itself are seen on the engine. */
export interface SuiteFacets {
  /** An endpoint can be asked by HTTP. */
  readonly network: boolean
  /** A later engine finds what an earlier one started. */
  readonly adoption: boolean
  /** SIGTERM can be ignored, and output keeps its order and bytes. */
  readonly realProcesses: boolean
}

export interface EngineUnderTest {
  readonly engine: Engine
  readonly owner: Owner
  /** The engine's own form of a component of the suite. */
  specOf(component: SuiteComponent): ReplicaSpec
  /** Ends a container's process from outside, as `kill -9` does. */
  crash(ref: ReplicaRef, container: string): Promise<void>
  /** Lets time pass until the check answers; fails with its last reason. */
  until<T>(check: () => Promise<T | undefined>): Promise<T>
  /** The same world seen by an engine that was just made, the old one being gone. Only with `adoption`. */
  reopen?(): Promise<Engine>
  dispose(): Promise<void>
}

export interface EngineFactory {
  readonly name: string
  readonly facets: SuiteFacets
  create(): Promise<EngineUnderTest>
}

const never = new AbortController().signal
const short = 200
const patient = 15_000

/** The contract of `Engine`, for whoever implements it. */
export function engineConformance(factory: EngineFactory): void {
  const { facets } = factory
  const when = (condition: boolean) => (condition ? test : test.skip)

  describe(`${factory.name} engine`, () => {
    let world: EngineUnderTest
    beforeEach(async () => {
      world = await factory.create()
    })
    afterEach(() => world.dispose())

    /** Lets time pass until the work is done. */
    const done = async <T>(work: Promise<T>): Promise<T> => {
      let isOver = false
      const watched = work.finally(() => {
        isOver = true
      })
      watched.catch(() => {})
      await world.until(async () => (isOver ? true : undefined))
      return watched
    }
    const web = oneContainer('web', { kind: 'serve' }, [8000])
    const start = async (component: SuiteComponent): Promise<ReplicaSpec> => {
      const spec = world.specOf(component)
      await done(world.engine.startReplica(spec, never))
      return spec
    }
    const see = async (ref: ReplicaRef, engine = world.engine): Promise<ObservedReplica | undefined> =>
      (await engine.observe(world.owner, never)).replicas.find(({ id }) => id === ref.id)
    const untilReplica = (ref: ReplicaRef, is: (replica: ObservedReplica) => boolean): Promise<ObservedReplica> =>
      world.until(async () => {
        const replica = await see(ref)
        return replica !== undefined && is(replica) ? replica : undefined
      })
    const untilExited = (ref: ReplicaRef): Promise<ObservedReplica> => untilReplica(ref, ({ phase }) => phase === 'exited')
    const container = (replica: ObservedReplica | undefined, name: string): ObservedContainer => {
      const found = replica?.containers.find((candidate) => candidate.name === name)
      if (found === undefined) throw new Error(`no container ${name} in ${JSON.stringify(replica)}`)
      return found
    }
    const collect = async (ref: ReplicaRef, options: LogOptions = { follow: false }): Promise<LogLine[]> => {
      const lines: LogLine[] = []
      for await (const line of world.engine.logs(ref, options, never)) lines.push(line)
      return lines
    }
    const texts = async (ref: ReplicaRef, options?: LogOptions): Promise<string[]> => (await collect(ref, options)).map(({ text }) => text)
    const printed = (ref: ReplicaRef, text: string): Promise<true> =>
      world.until(async () => ((await texts(ref)).includes(text) ? true : undefined))

    test('is healthy and begins with nothing', async () => {
      expect((await world.engine.probe(never)).state).toBe('healthy')
      const { replicas, strays } = await world.engine.observe(world.owner, never)
      expect([replicas, strays]).toEqual([[], []])
      expect(await world.engine.environments(never)).not.toContain(world.owner.environment)
    })

    test('a started replica is observed as running, with all its labels', async () => {
      const spec = await start({ ...web, ordinal: 2, restartToken: 7 })
      const replica = await untilReplica(spec.ref, ({ phase }) => phase === 'running')
      expect(replica).toMatchObject({
        id: spec.ref.id,
        app: spec.app,
        component: spec.revision.component,
        revision: spec.revision.id,
        ordinal: 2,
        restartToken: 7,
        frozen: false,
      })
      expect(container(replica, 'web')).toMatchObject({ role: 'app', state: 'running', restarts: 0 })
      expect(container(replica, 'web').startedAt).toBeGreaterThan(0)
      expect(await world.engine.environments(never)).toContain(world.owner.environment)
    })

    test('starting what exists is success, and of other content a conflict', async () => {
      const spec = await start(web)
      const first = container(await see(spec.ref), 'web')
      await world.engine.startReplica(spec, never)
      expect(container(await see(spec.ref), 'web').startedAt).toBe(first.startedAt)
      const other = world.specOf({ ...web, hash: 'feedfacade' })
      await expect(world.engine.startReplica({ ...other, ref: spec.ref }, never)).rejects.toMatchObject({ fault: { kind: 'conflict' } })
    })

    test('two replicas live side by side', async () => {
      const first = await start(web)
      const second = await start({ ...web, ordinal: 1 })
      expect(second.ref.id).not.toBe(first.ref.id)
      await untilReplica(first.ref, ({ phase }) => phase === 'running')
      await untilReplica(second.ref, ({ phase }) => phase === 'running')
      const endpoints = await Promise.all([first, second].map(({ ref }) => world.engine.endpoint(ref, 8000)))
      expect(endpoints[0]).toBeDefined()
      expect(endpoints[0]).not.toEqual(endpoints[1])
    })

    test.each([0, 3])('a container that ends with %i is exited with that code', async (code) => {
      const { ref } = await start(oneContainer('job', { kind: 'exit', code }))
      const job = container(await untilExited(ref), 'job')
      expect(job).toMatchObject({ state: 'exited', exitCode: code, restarts: 0 })
      expect(job.since).toBeGreaterThanOrEqual(job.startedAt ?? Number.POSITIVE_INFINITY)
    })

    test('a container that is killed from outside is exited with 137', async () => {
      const { ref } = await start(web)
      await untilReplica(ref, ({ phase }) => phase === 'running')
      await world.crash(ref, 'web')
      expect(container(await untilExited(ref), 'web')).toMatchObject({ exitCode: 137, signal: 'SIGKILL' })
    })

    test('an end is hinted', async () => {
      const { ref } = await start(oneContainer('job', { kind: 'exit', code: 0, afterMs: 50 }))
      const reading = new AbortController()
      const hints = world.engine.hints(world.owner, reading.signal)[Symbol.asyncIterator]()
      let hinted = false
      const waiting = (async () => {
        for (let next = await hints.next(); next.done !== true; next = await hints.next()) {
          if (next.value.replica === undefined || next.value.replica === ref.id) hinted = true
          if (hinted && (await see(ref))?.phase === 'exited') return
        }
      })()
      await world.until(async () => ((await see(ref))?.phase === 'exited' && hinted ? true : undefined))
      reading.abort()
      await waiting
      expect(hinted).toBe(true)
    })

    test('init containers run one after the other before the rest', async () => {
      const { ref } = await start({
        name: 'web',
        initContainers: [
          { name: 'first', program: { kind: 'exit', code: 0, afterMs: 50 } },
          { name: 'second', program: { kind: 'exit', code: 0 } },
        ],
        containers: [{ name: 'web', program: { kind: 'stay' } }],
      })
      const replica = await untilReplica(ref, ({ phase }) => phase === 'running')
      const [first, second, app] = ['first', 'second', 'web'].map((name) => container(replica, name))
      expect(first).toMatchObject({ role: 'init', state: 'exited', exitCode: 0 })
      expect(second?.startedAt).toBeGreaterThanOrEqual(first?.since ?? 0)
      expect(app?.startedAt).toBeGreaterThanOrEqual(second?.since ?? 0)
    })

    test('a failing init container is a fault that names it, and nothing else starts', async () => {
      const spec = world.specOf({
        name: 'web',
        initContainers: [{ name: 'migrate', program: { kind: 'exit', code: 4 } }],
        containers: [{ name: 'web', program: { kind: 'stay' } }],
      })
      await expect(done(world.engine.startReplica(spec, never))).rejects.toMatchObject({
        fault: { message: expect.stringMatching(/migrate.*4/s), retry: 'backoff' },
      })
      const left = await see(spec.ref)
      expect(left?.containers.filter(({ state }) => state === 'running') ?? []).toEqual([])
    })

    test('a start can be given up while an init container runs', async () => {
      const spec = world.specOf({
        name: 'web',
        initContainers: [{ name: 'wait', program: { kind: 'stay' } }],
        containers: [{ name: 'web', program: { kind: 'stay' } }],
      })
      const giveUp = new AbortController()
      const starting = world.engine.startReplica(spec, giveUp.signal)
      const failed = expect(starting).rejects.toBeDefined()
      await untilReplica(spec.ref, (replica) => container(replica, 'wait').state === 'running')
      giveUp.abort()
      await failed
      expect((await see(spec.ref))?.containers.some(({ state }) => state === 'running') ?? false).toBe(false)
    })

    test('side containers run beside the application and end on their own', async () => {
      const { ref } = await start({
        name: 'web',
        containers: [
          { name: 'web', program: { kind: 'stay' } },
          { name: 'side', program: { kind: 'exit', code: 1, afterMs: 20 } },
        ],
      })
      const replica = await untilReplica(ref, (seen) => container(seen, 'side').state === 'exited')
      expect(container(replica, 'side')).toMatchObject({ role: 'sidecar', exitCode: 1 })
      expect(container(replica, 'web').state).toBe('running')
      expect(replica.phase).toBe('running')
    })

    test('a stopped replica stays to be seen, and stopping it again is success', async () => {
      const { ref } = await start(oneContainer('web', { kind: 'stay', onTerm: 'exit-0', say: 'up' }))
      if (facets.realProcesses) await printed(ref, 'up')
      await done(world.engine.stopReplica(ref, patient, never))
      expect(container(await see(ref), 'web')).toMatchObject({ state: 'exited', exitCode: 0 })
      expect((await see(ref))?.phase).toBe('exited')
      await done(world.engine.stopReplica(ref, patient, never))
    })

    when(facets.realProcesses)('what ignores SIGTERM is killed after the grace', async () => {
      const { ref } = await start(oneContainer('web', { kind: 'stay', onTerm: 'ignore', say: 'up' }))
      await printed(ref, 'up')
      await done(world.engine.stopReplica(ref, short, never))
      expect(container(await see(ref), 'web')).toMatchObject({ state: 'exited', exitCode: 137, signal: 'SIGKILL' })
    })

    test('a removed replica is gone, also while it runs, and removing it again is success', async () => {
      const { ref } = await start(web)
      await done(world.engine.removeReplica(ref, never))
      expect(await see(ref)).toBeUndefined()
      expect(await world.engine.endpoint(ref, 8000)).toBeUndefined()
      await done(world.engine.removeReplica(ref, never))
    })

    test('a restart starts the container in place and notes the token', async () => {
      const { ref } = await start({ ...web, restartToken: 1 })
      const before = container(await untilReplica(ref, ({ phase }) => phase === 'running'), 'web')
      const endpoint = await world.engine.endpoint(ref, 8000)
      await done(world.engine.restartApp(world.specOf({ ...web, restartToken: 2 }), { container: 'web', graceMs: patient }, never))
      const replica = await untilReplica(ref, ({ phase }) => phase === 'running')
      expect(replica.restartToken).toBe(2)
      expect(container(replica, 'web')).toMatchObject({ state: 'running', restarts: 1 })
      expect(container(replica, 'web').startedAt).toBeGreaterThanOrEqual(before.startedAt ?? 0)
      expect(await world.engine.endpoint(ref, 8000)).toEqual(endpoint)
    })

    test('a restart revives what ended by itself', async () => {
      const job = oneContainer('job', { kind: 'exit', code: 5 })
      const { ref } = await start(job)
      await untilExited(ref)
      await done(world.engine.restartApp(world.specOf(job), { container: 'job', graceMs: short }, never))
      await world.until(async () => {
        const seen = container(await see(ref), 'job')
        return seen.restarts === 1 && seen.exitCode === 5 ? true : undefined
      })
    })

    test('a replica that is not there cannot be restarted', async () => {
      const spec = world.specOf(web)
      await expect(world.engine.restartApp(spec, { container: 'web', graceMs: short }, never)).rejects.toMatchObject({
        fault: { kind: 'not-found' },
      })
    })

    when(facets.network)('the endpoint answers for the container port', async () => {
      const { ref } = await start(oneContainer('web', { kind: 'serve', body: 'here' }, [8000]))
      const answer = await world.until(async () => {
        const endpoint = await world.engine.endpoint(ref, 8000)
        return endpoint === undefined ? undefined : (await fetch(`http://${endpoint.host}:${endpoint.port}/`)).text()
      })
      expect(answer).toBe('here')
      expect(await world.engine.endpoint(ref, 9999)).toBeUndefined()
    })

    describe('output', () => {
      const chatty = (program: Partial<Extract<Program, { kind: 'print' }>>): SuiteComponent =>
        oneContainer('web', { kind: 'print', end: 'exit', ...program })

      test('lines name replica, container, source and stream, and stay after the end', async () => {
        const { ref } = await start(chatty({ out: ['one\n', 'two\n'], err: ['bad\n'] }))
        await untilExited(ref)
        const lines = await collect(ref)
        expect(lines.filter(({ stream }) => stream === 'out').map(({ text }) => text)).toEqual(['one', 'two'])
        expect(lines.filter(({ stream }) => stream === 'err').map(({ text }) => text)).toEqual(['bad'])
        for (const line of lines) expect(line).toMatchObject({ replica: ref.id, container: 'web', source: 'app' })
      })

      test('tail takes the last lines', async () => {
        const { ref } = await start(chatty({ out: ['1\n', '2\n', '3\n'] }))
        await untilExited(ref)
        expect(await texts(ref, { follow: false, tail: 2 })).toEqual(['2', '3'])
        expect(await texts(ref, { follow: false, tail: 0 })).toEqual([])
      })

      test('a time that is yet to come has no lines', async () => {
        const { ref } = await start(chatty({ out: ['1\n'] }))
        await untilExited(ref)
        const [line] = await collect(ref)
        const since = line?.at
        if (since === undefined) throw new Error('no line')
        expect(await texts(ref, { follow: false, since })).toEqual(['1'])
        expect(await texts(ref, { follow: false, since: (since + 60_000) as typeof since })).toEqual([])
      })

      test('following ends with the replica', async () => {
        const { ref } = await start(chatty({ out: ['1\n'], end: 'stay' }))
        await printed(ref, '1')
        const following = texts(ref, { follow: true })
        await done(world.engine.removeReplica(ref, never))
        expect(await following).toEqual(['1'])
      })

      test('following ends at the signal', async () => {
        const { ref } = await start(chatty({ out: ['1\n'], end: 'stay' }))
        await printed(ref, '1')
        const reading = new AbortController()
        const lines: string[] = []
        for await (const { text } of world.engine.logs(ref, { follow: true }, reading.signal)) {
          lines.push(text)
          reading.abort()
        }
        expect(lines).toEqual(['1'])
      })

      test('one container can be chosen', async () => {
        const { ref } = await start({
          name: 'web',
          containers: [
            { name: 'web', program: { kind: 'print', out: ['app\n'], end: 'exit' } },
            { name: 'side', program: { kind: 'print', out: ['side\n'], end: 'exit' } },
          ],
        })
        await untilExited(ref)
        expect(await texts(ref, { follow: false, container: 'side' })).toEqual(['side'])
      })
    })

    describe('an environment', () => {
      test('is gone after its removal, with its replicas', async () => {
        const { ref } = await start(web)
        await world.engine.removeEnvironment(world.owner, never)
        expect(await see(ref)).toBeUndefined()
        expect(await world.engine.environments(never)).not.toContain(world.owner.environment)
        await world.engine.removeEnvironment(world.owner, never)
      })

      test('does not see the replicas of another', async () => {
        await start(web)
        const other = { ...world.owner, environment: 'other' }
        expect((await world.engine.observe(other, never)).replicas).toEqual([])
      })
    })

    describe('facets', () => {
      test('volumes are listed, outlive the environment and are removed by name', async () => {
        const { volumes } = world.engine
        if (volumes === undefined) return
        await volumes.ensure('data', world.owner, never)
        await volumes.ensure('data', world.owner, never)
        expect((await world.engine.observe(world.owner, never)).volumes).toEqual(['data'])
        await world.engine.removeEnvironment(world.owner, never)
        expect((await world.engine.observe(world.owner, never)).volumes).toEqual(['data'])
        await volumes.remove('data', world.owner, never)
        await volumes.remove('data', world.owner, never)
        expect((await world.engine.observe(world.owner, never)).volumes).toEqual([])
      })

      test('a frozen replica says so until it is thawed, and can be ended while frozen', async () => {
        const { freezer } = world.engine
        if (freezer === undefined) return
        const { ref } = await start(web)
        await freezer.freeze(ref, never)
        expect((await see(ref))?.frozen).toBe(true)
        await freezer.thaw(ref, never)
        expect(await see(ref)).toMatchObject({ frozen: false, phase: 'running' })
        await freezer.freeze(ref, never)
        await done(world.engine.stopReplica(ref, patient, never))
        expect((await see(ref))?.phase).toBe('exited')
      })

      test('a command in a replica that does not run is a fault', async () => {
        const { exec } = world.engine
        if (exec === undefined) return
        const ref = world.specOf(web).ref
        const opening: Promise<ExecSession> = exec.exec(ref, { command: ['true'] }, never)
        await expect(opening).rejects.toMatchObject({ fault: { kind: 'not-found' } })
      })
    })

    describe('a later engine', () => {
      const adopts = when(facets.adoption)

      adopts('finds what runs, as it was', async () => {
        const { ref } = await start({ ...web, restartToken: 3 })
        const before = await untilReplica(ref, ({ phase }) => phase === 'running')
        const later = await world.reopen?.()
        expect(await see(ref, later)).toEqual(before)
        expect(await later?.environments(never)).toContain(world.owner.environment)
        expect(await later?.endpoint(ref, 8000)).toEqual(await world.engine.endpoint(ref, 8000))
      })

      adopts('learns how something ended while nobody looked', async () => {
        const { ref } = await start(oneContainer('job', { kind: 'exit', code: 6, afterMs: 300 }))
        const later = await world.reopen?.()
        await world.until(async () => ((await see(ref, later))?.phase === 'exited' ? true : undefined))
        expect(container(await see(ref, later), 'job').exitCode).toBe(6)
      })

      adopts('can stop, restart and remove', async () => {
        const { ref } = await start(web)
        const later = await world.reopen?.()
        await later?.restartApp(world.specOf(web), { container: 'web', graceMs: patient }, never)
        expect(container(await see(ref, later), 'web')).toMatchObject({ state: 'running', restarts: 1 })
        await later?.stopReplica(ref, patient, never)
        expect((await see(ref, later))?.phase).toBe('exited')
        await later?.removeReplica(ref, never)
        expect(await see(ref, later)).toBeUndefined()
      })
    })
  })
}
