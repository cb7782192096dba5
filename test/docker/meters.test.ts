import { writeFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { LABELS } from '../../runtime/engines/docker/labels.ts'
import { backendId, type EdgeTable } from '../../src/model/edge.ts'
import type { ReplicaSpec } from '../../src/model/engine.ts'
import { parseRange, printAddress } from '../../src/routing/addresses.ts'
import { DockerWorld } from '../kit/docker/docker-world.ts'
import { EdgeConversation } from '../kit/docker/edge-conversation.ts'
import { FlakyEngine } from '../kit/docker/flaky-engine.ts'
import { eventually } from '../kit/eventually.ts'
import { aTrigger, MeterConversation } from '../kit/meter-conversation.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal
const GREETING = "require('node:net').createServer((socket) => socket.end('+PONG from redis\\n')).listen(6379)"

/** A table by which the name of the only replica leads to it, as tables of the control core do. */
function tableFor(
  { ref, revision }: ReplicaSpec,
  at: { readonly service: string; readonly host: string; readonly port: number },
): EdgeTable {
  const { component, id } = revision
  const backend = backendId(component, at.port)
  const { host, port } = at
  return {
    version: 1,
    environment: 'test',
    listeners: [{ id: 'service/redis', host: at.service, port, taken: 'fail', serve: { by: 'backend', backend } }],
    routes: [],
    backends: [
      {
        id: backend,
        component,
        app: 'shop',
        replicas: [{ id: ref.id, revision: id, host, port }],
        starting: [],
        draining: [],
        gate: { mode: 'hold', reason: 'redis is starting' },
        maxHeld: 10,
        holdMs: 10_000,
      },
    ],
    probes: [],
    names: [{ name: 'redis.default.svc.cluster.local', addresses: [at.service] }],
  }
}

describe('readers in a container', () => {
  test('resolve and reach names of the environment as its replicas do, without a published port', async () => {
    await using world = new DockerWorld()
    const { engine, owner } = world
    const spec = world.specOf({ name: 'redis', containers: [{ name: 'redis', program: ['node', '-e', GREETING], ports: [6379] }] })
    await engine.startReplica(spec, never)
    const { serviceRange } = await engine.observe(owner, never)
    const service = printAddress((parseRange(serviceRange ?? '')?.first ?? 0) + 10)
    const endpoint = await eventually(() => engine.endpoint(spec.ref, 6379))
    const edge = new EdgeConversation(await engine.edge.attach(owner, never))
    expect(await edge.push(tableFor(spec, { service, ...endpoint }))).toMatchObject({ problems: [] })

    const conversation = new MeterConversation(await engine.meters.attach(owner, never))
    const names = ['redis', 'redis.default', 'redis.default.svc.cluster.local']
    const at = (host: string, port: number) => aTrigger(host, 'tcp', { host, port: String(port) })
    conversation.watch(...names.map((name) => at(name, 6379)), at('nobody', 6379))
    const id = conversation.ask(...names, 'nobody')
    expect(await eventually(() => conversation.readingsOf(id))).toEqual([
      ...names.map((trigger) => ({ trigger, value: '+PONG from redis'.length })),
      { trigger: 'nobody', error: expect.stringContaining('ENOTFOUND') },
    ])
    edge.close()
  })

  test('of a daemon that is killed end, and the engine removes them', async () => {
    using folder = scratchDirectory()
    await using flaky = new FlakyEngine(`${folder.path}/engine.sock`)
    await flaky.start()
    await using world = new DockerWorld({ endpoint: flaky.endpoint })
    const conversation = new MeterConversation(await world.engine.meters.attach(world.owner, never))
    await eventually(() => conversation.heard[0])
    expect(await world.meters()).toHaveLength(1)
    await flaky.stop()
    await conversation.over
    await eventually(async () => ((await world.meters()).length === 0 ? true : undefined))
    await flaky.start()
  })

  test('go when the engine is let go of', async () => {
    await using world = new DockerWorld()
    const conversation = new MeterConversation(await world.engine.meters.attach(world.owner, never))
    await world.engine.release()
    await conversation.over
    expect(await world.meters()).toEqual([])
    world.openEngine()
  })

  test('have no rights, are labelled as ours, and are one of the things of their environment', async () => {
    await using world = new DockerWorld()
    await world.engine.meters.attach(world.owner, never)
    const [meters] = await world.meters()
    const { Config, HostConfig, Name } = await world.docker.getContainer(meters?.Id ?? '').inspect()
    expect(Name).toMatch(/^\/minipaas-[0-9a-f]{6}-test-meters$/)
    expect(Config).toMatchObject({
      User: '65534:65534',
      StdinOnce: true,
      Labels: {
        [LABELS.environment]: 'test',
        'com.docker.compose.project': 'test',
        'com.docker.compose.service': 'minipaas-meters',
      },
    })
    expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], AutoRemove: true, ReadonlyRootfs: true, RestartPolicy: { Name: 'no' } })
    await world.engine.removeEnvironment(world.owner, never)
    expect(await world.things().all()).toEqual({ containers: [], networks: [], volumes: [] })
  })

  test('that end at once tell their last words', async () => {
    using folder = scratchDirectory()
    const metersProgram = `${folder.path}/meters.js`
    writeFileSync(metersProgram, 'throw new Error("no bread today")')
    await using world = new DockerWorld({ metersProgram })
    await expect(world.engine.meters.attach(world.owner, never)).rejects.toMatchObject({
      fault: { code: 'MP4122', message: expect.stringMatching(/it ended before it said hello; its last words: .*no bread today/s) },
    })
    expect(await world.meters()).toEqual([])
  })
})
