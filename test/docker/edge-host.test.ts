import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dialFromEdge } from '../../runtime/engines/docker/edge/connections.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { freePort } from '../conformance/edge/replica-server.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { leaveBytes } from '../kit/docker/edge-conversation.ts'
import { answerAt, published, tableOf } from '../kit/docker/edge-tables.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const bundles = scratchDirectory()
const NOBODY = new AbortController().signal
let program = ''

beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

describe('an edge in a container', () => {
  test('says hello, takes a table, and answers requests of the host with a replica that only it reaches', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const host = world.openHost()
    expect(await host.describe(world.owner, NOBODY)).toBeUndefined()
    const port = await freePort()
    const table = tableOf(replica, port)
    const channel = await world.attach(host, table)
    expect(await channel.first('hello')).toMatchObject({ protocol: 1, tableVersion: 0, bound: {} })
    const { bound, problems } = await channel.push(table)
    expect({ bound, problems }).toEqual({ bound: { web: port }, problems: [] })
    expect(await answerAt(port)).toBe('web')
    expect(world.complaints).toEqual([])
    const { Id, Config, HostConfig, NetworkSettings } = await world.edge()
    expect(await host.describe(world.owner, NOBODY)).toBe(`container ${Id.slice(0, 12)}`)
    expect(Config.Labels).toMatchObject({ 'com.docker.compose.project': 'edges', 'com.docker.compose.service': 'minipaas-edge' })
    expect(HostConfig).toMatchObject({ RestartPolicy: { Name: 'unless-stopped' }, LogConfig: { Type: 'none' } })
    expect(Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress)).toEqual([expect.stringMatching(/\.15\.254$|\.254$/)])
    await host.remove(world.owner, NOBODY)
    expect(await world.edges()).toEqual([])
    await channel.end()
  })

  test('is found by a second host after the first one was dropped in the middle of a message', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const table = tableOf(replica, port)
    const first = await world.attach(world.openHost(), table)
    await first.push(table)
    const { Id, State } = await world.edge()
    await leaveBytes(world.context, Id, JSON.stringify({ type: 'table', table }).slice(0, 40))
    first.close()
    const second = await world.attach(world.openHost())
    expect(await second.first('hello')).toMatchObject({ tableVersion: 3, bound: { web: port } })
    second.send({ type: 'ping', id: 9 })
    expect(await second.first('pong')).toEqual({ type: 'pong', id: 9 })
    expect((await world.edge()).State.Pid).toBe(State.Pid)
    expect(second.messages[0]?.type).toBe('hello')
  })

  test('killed from the host, is started by the engine and serves its last table within two seconds, controlled by nobody', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const table = tableOf(replica, port)
    const host = world.openHost()
    const channel = await world.attach(host, table)
    await channel.push(table)
    const before = await world.edge()
    process.kill(before.State.Pid, 'SIGKILL')
    const killed = systemClock.now()
    await channel.end()
    expect(await eventually(() => answerAt(port))).toBe('web')
    expect(systemClock.now() - killed).toBeLessThan(2000)
    const again = await world.attach(host)
    expect(await again.first('hello')).toMatchObject({ tableVersion: 3, bound: { web: port } })
    const after = await world.edge()
    expect({ id: after.Id, restarts: after.RestartCount }).toEqual({ id: before.Id, restarts: 1 })
  })

  test('removed, killed through the engine or never started, is there again after the next attach', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const table = tableOf(replica, port, published(await freePort()))
    const host = world.openHost()
    const first = await world.attach(host, table)
    await first.push(table)
    const { Id } = await world.edge()

    await world.docker.getContainer(Id).kill()
    await first.end()
    const second = await world.attach(host)
    expect(await second.first('hello')).toMatchObject({ tableVersion: 3, bound: { web: port } })
    expect((await world.edge()).Id).toBe(Id)
    expect(await answerAt(port)).toBe('web')

    await world.docker.getContainer(Id).remove({ force: true })
    await second.end()
    const third = await world.attach(host)
    expect(await third.first('hello')).toMatchObject({ tableVersion: 0 })
    expect((await third.push(table)).bound).toEqual({ web: port, [table.listeners[1]?.id ?? '']: table.listeners[1]?.port })
    expect(await answerAt(port)).toBe('web')

    third.close()
    await host.remove(world.owner, NOBODY)
    const fourth = await world.attach(world.openHost(), table)
    expect((await fourth.push(table)).bound.web).toBe(port)
  })

  test('whose process ends at once tells its last words', async () => {
    using folder = scratchDirectory()
    const broken = `${folder.path}/edge.mjs`
    writeFileSync(broken, 'throw new Error("no bread today")')
    await using world = new DockerEdgeWorld(broken)
    await expect(world.attach(world.openHost())).rejects.toMatchObject({
      fault: { code: 'MP4121', message: expect.stringMatching(/it ended before it said hello; its last words: .*no bread today/s) },
    })
  })
})

describe('a connection through the edge', () => {
  test('carries bytes both ways to a port that only the network reaches, and says when nothing listens there', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    await world.attach(world.openHost())
    const dial = (port: number) =>
      dialFromEdge(world.context, { owner: world.owner, to: { host: replica.host, port }, subject: `port ${port} of replica x` }, NOBODY)
    const stream = await dial(80)
    await stream.write(Buffer.from('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'))
    stream.end()
    let said = ''
    for await (const chunk of stream.output) said += Buffer.from(chunk).toString()
    expect(said).toMatch(/^HTTP\/1\.1 200.*web$/s)

    const refused = await dial(81)
    await expect(refused.output[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      fault: { code: 'MP4232', message: expect.stringContaining('port 81 of replica x cannot be reached') },
    })

    const idle = await dial(80)
    idle.close()
    expect(await idle.output[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
  })
})
