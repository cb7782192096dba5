import { describe, expect, test } from '@jest/globals'
import { DockerEngine } from '../../runtime/engines/docker/engine.ts'
import { names, placeOf } from '../../runtime/engines/docker/place.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { silentLogger } from '../../src/kernel/logger.ts'
import type { ObservedReplica } from '../../src/model/observed.ts'
import { type DockerComponent, DockerWorld } from '../kit/docker/docker-world.ts'
import { FlakyEngine } from '../kit/docker/flaky-engine.ts'
import { faultIn } from '../kit/docker/image-world.ts'
import { isPodman } from '../kit/docker/podman-differences.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal
const owner = { environment: 'test', instance: 'daemon-1' }

function engineAt(endpoint: string, home: string): DockerEngine {
  const options = {
    home,
    usualHome: '/usual',
    clock: systemClock,
    logger: silentLogger,
    edgeProgram: '/nowhere',
    metersProgram: '/nowhere',
    environment: {},
  }
  return new DockerEngine({ ...options, endpoint })
}

describe('an engine', () => {
  test('that is not there is absent until it comes', async () => {
    using scratch = scratchDirectory()
    await using flaky = new FlakyEngine(`${scratch.path}/engine.sock`)
    const engine = engineAt(flaky.endpoint, scratch.path)
    expect(await engine.probe(never)).toMatchObject({ state: 'absent', detail: expect.stringContaining(`${flaky.endpoint}: not there`) })
    expect(await faultIn(engine.observe(owner, never))).toMatchObject({ kind: 'unavailable', code: 'MP4201', retry: 'soon' })
    await flaky.start()
    expect(await engine.probe(never)).toMatchObject({ state: 'healthy', attributes: { endpoint: flaky.endpoint } })
    expect((await engine.observe(owner, never)).replicas).toEqual([])
    await engine.release()
  })

  test('that goes away is a fault, ends its hints, and is used again when it is back', async () => {
    using scratch = scratchDirectory()
    await using flaky = new FlakyEngine(`${scratch.path}/engine.sock`)
    await flaky.start()
    const engine = engineAt(flaky.endpoint, scratch.path)
    const hints: { readonly replica?: string }[] = []
    const reading = (async () => {
      for await (const hint of engine.hints(owner, never)) hints.push(hint)
    })()
    const ended = faultIn(reading)
    await eventually(() => (hints.length > 0 ? true : undefined))
    await engine.observe(owner, never)
    await flaky.stop()
    expect(await ended).toMatchObject({ code: 'MP4201' })
    expect(await faultIn(engine.observe(owner, never))).toMatchObject({ code: 'MP4201' })
    expect((await engine.probe(never)).state).toBe('absent')
    await flaky.start()
    expect((await engine.observe(owner, never)).engine.state).toBe('healthy')
    await engine.release()
  })
})

describe('a replica', () => {
  const component: DockerComponent = {
    name: 'web',
    containers: [
      { name: 'web', program: { kind: 'serve', body: 'here' }, ports: [8000] },
      { name: 'side', program: { kind: 'stay' } },
    ],
  }
  const see = async (world: DockerWorld): Promise<ObservedReplica> => {
    const [replica] = (await world.engine.observe(world.owner, never)).replicas
    if (replica === undefined) throw new Error('no replica')
    return replica
  }
  const sandboxOf = (world: DockerWorld): string => names.sandbox(placeOf(world.home, '/usual'), 'test', 'web' as never, 0)
  /** As the control core does: whatever ended is started again. */
  const repair = async (world: DockerWorld): Promise<void> => {
    const { containers } = await see(world)
    const ended = containers.filter(({ state }) => state === 'exited')
    await Promise.all(ended.map(({ name }) => world.engine.restartApp(world.specOf(component), { container: name, graceMs: 1000 }, never)))
  }

  test.each([
    [
      'sandbox was removed',
      'its sandbox was removed from the engine',
      (world: DockerWorld) => world.docker.getContainer(sandboxOf(world)).remove({ force: true }),
    ],
    ['sandbox was killed', 'its sandbox ended', (world: DockerWorld) => world.docker.getContainer(sandboxOf(world)).kill()],
    [
      'sandbox was restarted',
      'its sandbox was started anew',
      (world: DockerWorld) => world.docker.getContainer(sandboxOf(world)).restart({ t: 0 }),
    ],
    [
      'sandbox was taken off the network',
      'its sandbox was taken off the network',
      (world: DockerWorld) =>
        world.docker
          .getNetwork(names.network(placeOf(world.home, '/usual'), 'test'))
          .disconnect({ Container: sandboxOf(world), Force: true }),
    ],
  ])('whose %s is over, says why, and can be restarted in place', async (what, why, takeAway) => {
    await using world = new DockerWorld()
    const { ref } = world.specOf(component)
    await world.engine.startReplica(world.specOf(component), never)
    expect(await see(world)).toMatchObject({ phase: 'running' })
    if (what === 'sandbox was removed' && (await isPodman(world.docker))) {
      await expect(takeAway(world)).rejects.toThrow(/has dependent containers/)
      return
    }
    await takeAway(world)
    const lost = await eventually(async () => {
      const replica = await see(world)
      return replica.phase === 'exited' ? replica : undefined
    })
    expect(lost).toMatchObject({ unhealthy: why, containers: [{ state: 'exited' }, { state: 'exited' }] })
    await repair(world)
    const repaired = await see(world)
    expect(repaired).toMatchObject({ phase: 'running', containers: [{ restarts: 1 }, { restarts: 1 }] })
    expect(repaired).not.toHaveProperty('unhealthy')
    const endpoint = await world.engine.endpoint(ref, 8000)
    const answer = await eventually(async () => (await fetch(`http://${endpoint?.host}:${endpoint?.port}/`)).text())
    expect(answer).toBe('here')
  })

  test('of which a container was removed says so, and the one that takes its place has a number of its own', async () => {
    await using world = new DockerWorld()
    await world.engine.startReplica(world.specOf(component), never)
    for (const number of [1, 2]) {
      const { Id: id } = await world.inspect(world.specOf(component).ref, 'side')
      await world.docker.getContainer(id).remove({ force: true })
      const lost = await see(world)
      expect(lost).toMatchObject({ phase: 'running', containers: [{ state: 'running' }, { name: 'side', state: 'exited' }] })
      if (number === 1) expect(lost.unhealthy).toBe('container side was removed from the engine')
      await repair(world)
      expect((await see(world)).containers[1]).toMatchObject({ name: 'side', state: 'running', restarts: number })
    }
  })
})
