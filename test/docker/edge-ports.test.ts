import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createContainer } from '../../runtime/engines/docker/containers.ts'
import { edgeBody } from '../../runtime/engines/docker/edge/edge-container.ts'
import { parsePublications } from '../../runtime/engines/docker/edge/published-ports.ts'
import { ensureNetwork } from '../../runtime/engines/docker/network.ts'
import { freePort } from '../conformance/edge/replica-server.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
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

/** Somebody else's program at a port of the host. */
async function squatter(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer()
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}

describe('published ports', () => {
  test('the outer port counts up when another program or another container has it', async () => {
    await using taken = await squatter()
    await using world = new DockerEdgeWorld(program)
    await using other = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const table = tableOf(replica, taken.port)
    const channel = await world.attach(world.openHost(), table)
    const { bound, problems } = await channel.push(table)
    expect(problems).toEqual([])
    const web = bound.web ?? 0
    expect(web).toBeGreaterThan(taken.port)
    expect(await answerAt(web)).toBe('web')

    const next = tableOf(await other.replica('other'), web)
    const second = await other.attach(other.openHost(), next)
    const elsewhere = (await second.push(next)).bound.web ?? 0
    expect(elsewhere).toBeGreaterThan(web)
    expect(await answerAt(elsewhere)).toBe('other')
  })

  test('a fixed port that is taken is a problem of its own', async () => {
    await using taken = await squatter()
    await using world = new DockerEdgeWorld(program)
    const port = await freePort()
    const table = tableOf(await world.replica('web'), port, published(taken.port))
    const channel = await world.attach(world.openHost(), table)
    const { bound, problems } = await channel.push(table)
    expect(bound).toEqual({ web: port })
    expect(problems).toEqual([
      { listener: `publish/${taken.port}`, message: `port ${taken.port} on 127.0.0.1 is taken by another program` },
    ])
    expect(await answerAt(port)).toBe('web')
  })
})

describe('an edge whose ports do not suffice', () => {
  test('is replaced when a table needs another one, and keeps those it had', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const added = await freePort()
    const table = tableOf(replica, port)
    const host = world.openHost()
    const first = await world.attach(host, table)
    await first.push(table)
    const before = await world.edge()
    const more = { ...tableOf(replica, port, published(added)), version: 4 }
    first.send({ type: 'table', table: more })
    expect(await first.end()).toBe(`the edge is replaced by one that also listens at 127.0.0.1:${added}`)
    const second = await world.attach(host)
    expect((await second.push(more)).bound).toEqual({ web: port, [`publish/${added}`]: added })
    expect(await Promise.all([answerAt(port), answerAt(added)])).toEqual(['web', 'web'])
    const after = await eventually(() => world.edge())
    expect(after.Id).not.toBe(before.Id)
    await eventually(async () => ((await world.edge()).Name === before.Name ? true : undefined))
  })

  test('is replaced to the end by the next daemon when one dies meanwhile', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const table = tableOf(replica, port)
    await (await world.attach(world.openHost(), table)).push(table)
    const old = await world.edge()
    const order = {
      owner: world.owner,
      image: old.Config.Image,
      control: 'stdio' as const,
      network: await ensureNetwork(world.context, world.owner, NOBODY),
    }
    const made = { home: world.place.home, published: parsePublications(old.Config.Labels['io.minipaas.published']) }
    await world.docker.getContainer(old.Id).stop()
    const next = await createContainer(world.context, { name: `${old.Name.slice(1)}-next`, body: edgeBody(order, made) }, NOBODY)
    const channel = await world.attach(world.openHost())
    expect((await channel.push(table)).bound).toEqual({ web: port })
    expect(await answerAt(port)).toBe('web')
    const { Id, Name } = await eventually(async () => {
      const edge = await world.edge()
      return edge.Name === old.Name ? edge : undefined
    })
    expect({ Id, Name }).toEqual({ Id: next, Name: old.Name })
  })

  test('or that has too many, is replaced when it has been idle for a while', async () => {
    await using world = new DockerEdgeWorld(program)
    const replica = await world.replica('web')
    const port = await freePort()
    const spare = await freePort()
    const table = tableOf(replica, port, published(spare))
    const host = world.openHost()
    const first = await world.attach(host, table)
    await first.push(table)
    const less = { ...tableOf(replica, port), version: 4 }
    expect((await first.push(less)).bound).toEqual({ web: port })
    expect(await first.end()).toBe(`the edge is replaced by one that no longer listens at 127.0.0.1:${spare}`)
    const second = await world.attach(host, less)
    await second.push(less)
    expect(await answerAt(port)).toBe('web')
    await expect(answerAt(spare)).rejects.toThrow()
  })
})
