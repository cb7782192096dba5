import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { get } from '../kit/cli.ts'
import { applicationText, nodeComponent, STAY } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'
import { WHO } from '../kit/docker/network-programs.ts'
import { RollingWeb } from '../kit/docker/rolling-web.ts'
import { eventually, throughout } from '../kit/eventually.ts'
import { startLoad } from '../kit/loader.ts'
import { freePort, killNow } from '../kit/stage.ts'

const LIMIT = 240_000
const HOST = 'web.shop.localhost'

test.each([
  ['reused', 500],
  ['fresh', 200],
] as const)(
  'no request fails while the image changes, over %s connections at %i requests a second',
  async (connections, rate) => {
    await using world = new CliWorld()
    const web = await RollingWeb.start(world, { replicas: 2, editions: 4 })
    using load = await web.load(connections, rate)
    for (let change = 1; change <= 3; change++) await web.change()
    await web.expectAllAnswered(load, `3 changes, ${connections} connections`)
  },
  LIMIT,
)

test(
  'a daemon that is killed during a change: the edge goes on, the next command takes over and finishes it',
  async () => {
    await using world = new CliWorld()
    const web = await RollingWeb.start(world, { replicas: 2, editions: 3 })
    using load = await web.load('reused')
    web.begin()
    await web.halfDone()
    await killNow(world.daemonPid)
    await throughout(() => expect(load.report().failed).toBe(0), 1_500)
    const answered = load.report().answered
    await throughout(() => {}, 500)
    expect(load.report().answered).toBeGreaterThan(answered)
    await world.call('ps')
    await web.settled()
    // The new daemon follows the model's file as the old one did.
    await web.change()
    await web.expectAllAnswered(load, 'daemon killed during a change')
  },
  LIMIT,
)

test(
  "killing the edge's process from the host: it serves again within 2 s, with the same address and the last table",
  async () => {
    await using world = new CliWorld()
    const port = await shop(world)
    const before = await edgeOf(world)
    for (const daemon of ['here', 'away'] as const) {
      if (daemon === 'away') await killNow(world.daemonPid)
      await killOnHost(world, (await edgeOf(world)).id)
      const away = await timeUntilServed(port)
      process.stdout.write(`edge killed with the daemon ${daemon}: served again after ${away} ms\n`)
      expect(away).toBeLessThanOrEqual(2_000)
      expect(await edgeOf(world)).toMatchObject({ id: before.id, address: before.address })
    }
    await world.call('ps')
    await eventually(async () => expect((await world.view()).edge.state).toBe('attached') ?? true)
  },
  LIMIT,
)

test.each(['kill', 'rm -f'] as const)(
  'an edge after docker %s, which switch the restarts of the engine off, is restored by the daemon',
  async (how) => {
    await using world = new CliWorld()
    const port = await shop(world)
    const { id, address } = await edgeOf(world)
    const edge = world.engine.docker.getContainer(id)
    if (how === 'kill') await edge.kill()
    else await edge.remove({ force: true })
    const away = await timeUntilServed(port)
    process.stdout.write(`edge gone by docker ${how}: served again after ${away} ms\n`)
    expect((await edgeOf(world)).address).toBe(address)
    await eventually(async () => expect((await world.view()).edge.state).toBe('attached') ?? true)
    // Names and service addresses too.
    expect(await world.call('exec', 'client', '--', 'wget', '-q', '-O-', 'http://web:8080/')).toContain('"name":"web"')
  },
  LIMIT,
)

test(
  'a container that somebody removes is replaced, and status says why',
  async () => {
    await using world = new CliWorld()
    const port = await shop(world)
    for (const [what, role, reason] of [
      ['web', 'pod', 'web was ended by SIGKILL|container web was removed from the engine'],
      ['beside', 'pod', 'beside was ended by SIGKILL|container beside was removed from the engine'],
      ['sandbox', 'sandbox', 'its sandbox'],
    ] as const) {
      const before = await world.engine.running(role, 'web')
      const target = before.find(({ Labels }) => role === 'sandbox' || Labels['io.minipaas.container'] === what)
      await world.engine.docker.getContainer(target?.Id ?? '').remove({ force: true })
      // The other replica serves meanwhile.
      expect([what, (await get(port, HOST)).status]).toEqual([what, 200])
      await eventually(async () => {
        const { ready, replicas } = await world.component('web')
        const after = await world.engine.running(role, 'web')
        expect([what, ready, replicas.length, after.length, after.some(({ Id }) => Id === target?.Id)]).toEqual([
          what,
          2,
          2,
          before.length,
          false,
        ])
        return true
      }, 30_000)
      expect(await world.call('status')).toMatch(new RegExp(`Restarted: web-\\d, .* ago: .*(${reason})`))
    }
    expect(await world.call('exec', 'client', '--', 'wget', '-q', '-O-', 'http://web:8080/')).toContain('"name":"web"')
  },
  LIMIT,
)

test(
  'an engine that is stopped and started under load recovers without a command',
  async () => {
    await using engine = await startEngineWithImages()
    await using world = new CliWorld({ endpoint: engine.endpoint })
    const port = await shop(world)
    using load = startLoad({
      url: `http://127.0.0.1:${port}/`,
      headers: { host: HOST },
      rate: 100,
      connections: 'fresh',
      limitMs: 60_000,
    })
    await eventually(() => (load.report().answered > 50 ? true : undefined))
    await engine.stopDaemon()
    await eventually(
      async () => expect(await world.call('status')).toMatch(/Engine: +docker \(unhealthy, .*does not answer/) ?? true,
      30_000,
    )
    await engine.startDaemon()
    const away = await timeUntilServed(port)
    process.stdout.write(`engine back: served again after ${away} ms\n`)
    await eventually(async () => {
      const { ready, replicas } = await world.component('web')
      const [pods, sandboxes, edges] = await Promise.all(
        (['pod', 'sandbox', 'edge'] as const).map((role) => world.engine.running(role, role === 'edge' ? undefined : 'web')),
      )
      expect([ready, replicas.length, pods?.length, sandboxes?.length, edges?.length]).toEqual([2, 2, 4, 2, 1])
      return true
    }, 60_000)
    const { answered } = load.report()
    await eventually(() => (load.report().answered > answered + 100 ? true : undefined))
    expect(await world.call('exec', 'client', '--', 'wget', '-q', '-O-', 'http://web:8080/')).toContain('"name":"web"')
    await load.stop()
    await world.call('down', '-v')
    expect(await world.expectDown()).toEqual([])
  },
  LIMIT,
)

/**
 * Two replicas of a web component, each with a second container, and a client. Resolves to a port of this machine that leads to it: of its
 * own, because the edge's usual one may be somebody else's while this edge is away.
 */
async function shop(world: CliWorld): Promise<number> {
  const port = await freePort()
  const beside = { type: 'sidecar', properties: { name: 'beside', image: 'busybox:1.36', cmd: ['sleep', '100000'] } }
  const web = nodeComponent({
    name: 'web',
    program: WHO,
    ports: [8080],
    env: { NAME: 'web', PORT: '8080' },
    replicas: 2,
    readyPath: '/',
    traits: [beside],
  })
  world.write('app.yaml', applicationText('shop', [web, nodeComponent({ name: 'client', program: STAY })]))
  world.write('minipaas.yaml', JSON.stringify({ components: { web: { ports: [`${port}:8080`] } } }))
  await world.up()
  return port
}

async function edgeOf(world: CliWorld): Promise<{ readonly id: string; readonly address: string }> {
  const [edge, ...more] = await world.engine.running('edge')
  if (edge === undefined || more.length > 0) throw new Error(`${more.length + (edge === undefined ? 0 : 1)} edges run`)
  const [network] = Object.values(edge.NetworkSettings.Networks)
  return { id: edge.Id, address: network?.IPAddress ?? '' }
}

/** As a machine's own out-of-memory killer would: the engine learns of it afterwards. */
async function killOnHost(world: CliWorld, id: string): Promise<void> {
  const { State } = await world.engine.docker.getContainer(id).inspect()
  // On an engine that is elsewhere this number is somebody else's process.
  if (!readFileSync(`/proc/${State.Pid}/cgroup`, 'utf8').includes(id)) throw new Error('the engine runs on another machine')
  await killNow(State.Pid)
}

async function timeUntilServed(port: number): Promise<number> {
  const from = systemClock.now()
  await eventually(async () => ((await get(port, HOST)).status === 200 ? true : undefined), 60_000)
  return systemClock.now() - from
}
