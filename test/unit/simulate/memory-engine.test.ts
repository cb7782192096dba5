import { describe, expect, test } from '@jest/globals'
import { aComponent, aContainer, type aReplicaId } from '../../kit/builders.ts'
import { MemoryWorld, never, owner } from './memory-world.ts'

describe('a replica', () => {
  test('starts after its delay, and can be seen starting', async () => {
    const { clock, engine, spec, observe } = bind(new MemoryWorld({ web: { startMs: 200 } }))
    const starting = engine.startReplica(spec(), never)
    await clock.advance(199)
    expect(await observe()).toEqual(['web--7f3.0 starting: web waiting 0'])
    await clock.advance(1)
    await starting
    expect(await observe()).toEqual(['web--7f3.0 running: web running 0'])
  })

  test('that fails to start leaves nothing', async () => {
    const fault = { kind: 'denied', code: 'MP4102', message: 'no such program', retry: 'never' } as const
    const world = new MemoryWorld({ web: { failsToStart: fault } })
    await expect(world.engine.startReplica(world.spec(), never)).rejects.toMatchObject({ fault })
    expect(await world.observe()).toEqual([])
  })

  test('crashes when its scenario says so, and each start has a scenario of its own', async () => {
    const world = new MemoryWorld(({ restarts }) => (restarts === 0 ? { exits: { afterMs: 3000, code: 2 } } : {}))
    const spec = await world.start()
    await world.clock.advance(3000)
    expect((await world.engine.observe(owner, never)).replicas[0]).toMatchObject({
      phase: 'exited',
      since: 4000,
      containers: [{ name: 'web', state: 'exited', exitCode: 2, startedAt: 1000, since: 4000 }],
    })
    await world.engine.restartApp({ ...spec, restartToken: 5 }, { container: 'web', graceMs: 0 }, never)
    await world.clock.advance(60_000)
    expect((await world.engine.observe(owner, never)).replicas[0]).toMatchObject({
      phase: 'running',
      restartToken: 5,
      containers: [{ state: 'running', restarts: 1, startedAt: 4000 }],
    })
  })

  test.each([
    { script: {}, tookMs: 0, exitCode: 143 },
    { script: { stopMs: 700, stopCode: 0 }, tookMs: 700, exitCode: 0 },
    { script: { stopMs: 9000 }, tookMs: 5000, exitCode: 137 },
    { script: { stopMs: 'never' as const }, tookMs: 5000, exitCode: 137 },
    { script: { stopMs: 4000, exits: { afterMs: 1000, code: 3 } }, tookMs: 1000, exitCode: 3 },
  ])('is stopped as in $script', async ({ script, tookMs, exitCode }) => {
    const world = new MemoryWorld({ web: script })
    const { ref } = await world.start()
    let stopped = false
    const stopping = world.engine.stopReplica(ref, 5000, never).then(() => {
      stopped = true
    })
    if (tookMs > 0) {
      await world.clock.advance(tookMs - 1)
      expect(stopped).toBe(false)
    }
    await world.clock.advance(1)
    await stopping
    const { replicas } = await world.engine.observe(owner, never)
    expect(replicas[0]).toMatchObject({ phase: 'exited', containers: [{ exitCode, since: 1000 + tookMs }] })
  })

  test('with a side container that died keeps running', async () => {
    const world = new MemoryWorld()
    const { ref } = await world.start(aComponent('web').beside(aContainer('log')))
    world.engine.crash('shop', ref.id, { container: 'log', code: 1 })
    expect(await world.observe()).toEqual(['web--7f3.0 running: web running 0, log exited 0'])
  })

  test('says what its scenario says, at its time', async () => {
    const world = new MemoryWorld({
      web: {
        says: [
          { afterMs: 0, text: 'up' },
          { afterMs: 500, text: 'late', stream: 'err' },
        ],
      },
    })
    const { ref } = await world.start()
    await world.clock.advance(1000)
    const lines = []
    for await (const line of world.engine.logs(ref, { follow: false }, never)) lines.push(line)
    expect(lines).toEqual([
      { at: 1000, replica: ref.id, container: 'web', source: 'app', stream: 'out', text: 'up' },
      { at: 1500, replica: ref.id, container: 'web', source: 'app', stream: 'err', text: 'late' },
    ])
  })

  test('runs commands as its scenario says', async () => {
    const exec = async (command: readonly string[], input: () => Promise<string>) => ({
      code: 3,
      stdout: `${command.join(' ')} <${await input()}>`,
    })
    const world = new MemoryWorld({ web: { exec } })
    const { ref } = await world.start()
    const session = await world.engine.exec.exec(ref, { command: ['cat', '-'] }, never)
    void session.write(new TextEncoder().encode('hello'))
    session.endInput()
    expect(await session.exitCode).toBe(3)
    let output = ''
    for await (const { data } of session.output) output += new TextDecoder().decode(data)
    expect(output).toBe('cat - <hello>')
  })

  test('a command that takes its time can be killed', async () => {
    const world = new MemoryWorld({ web: { exec: () => ({ code: 0, afterMs: 60_000 }) } })
    const { ref } = await world.start()
    const session = await world.engine.exec.exec(ref, { command: ['sleep', '60'] }, never)
    await world.settle()
    session.kill('SIGKILL')
    expect(await session.exitCode).toBe(137)
  })
})

describe('the engine', () => {
  test('refuses every verb while it is away, and says so when asked', async () => {
    const world = new MemoryWorld()
    world.engine.setHealth({ state: 'absent', detail: 'switched off', attributes: {} })
    await expect(world.engine.startReplica(world.spec(), never)).rejects.toMatchObject({ fault: { kind: 'unavailable' } })
    expect((await world.engine.observe(owner, never)).engine).toMatchObject({ state: 'absent', detail: 'switched off' })
  })

  test('hints at what changed', async () => {
    const world = new MemoryWorld()
    const reading = new AbortController()
    const hints = world.engine.hints(owner, reading.signal)[Symbol.asyncIterator]()
    const { ref } = await world.start()
    expect(await hints.next()).toEqual({ done: false, value: { replica: ref.id } })
    reading.abort()
  })

  test('knows the environments that have anything', async () => {
    const world = new MemoryWorld()
    expect(await world.engine.environments()).toEqual([])
    await world.engine.volumes.ensure('data', owner, never)
    expect(await world.engine.environments()).toEqual(['shop'])
  })

  test('loses a replica without a trace, and shows strays until they are removed', async () => {
    const world = new MemoryWorld()
    const { ref } = await world.start()
    world.engine.lose('shop', ref.id)
    expect(await world.observe()).toEqual([])
    world.engine.addStray('shop', { id: 'old.0', why: 'old-instance' })
    expect((await world.engine.observe(owner, never)).strays).toEqual([{ id: 'old.0', why: 'old-instance' }])
    await world.engine.removeReplica({ owner, id: 'old.0' as ReturnType<typeof aReplicaId> }, never)
    expect((await world.engine.observe(owner, never)).strays).toEqual([])
  })
})

function bind(world: MemoryWorld) {
  return { clock: world.clock, engine: world.engine, spec: () => world.spec(), observe: () => world.observe() }
}
