import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dialFromEdge } from '../../runtime/engines/docker/edge/connections.ts'
import { freePort } from '../conformance/edge/replica-server.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { answerAt, published, tableOf } from '../kit/docker/edge-tables.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { GIVEN_ENGINE } from '../kit/docker/engine.ts'
import { startEngineWithImages } from '../kit/docker/images.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

/** A run that was given an engine may be on a machine where none can be started. */
const describeOwnEngines = process.env[GIVEN_ENGINE] === undefined ? describe : describe.skip

const bundles = scratchDirectory()
const NOBODY = new AbortController().signal
let program = ''

beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

describeOwnEngines("an edge on Podman's service", () => {
  test('is made, controlled, found again, replaced, restarted and dialled through, as on Docker', async () => {
    await using engine = await startEngineWithImages('podman')
    await using world = new DockerEdgeWorld(program, { endpoint: engine.endpoint })
    const replica = await world.replica('web')
    const port = await freePort()
    const table = tableOf(replica, port)
    const host = world.openHost()
    const first = await world.attach(host, table)
    expect((await first.push(table)).bound).toEqual({ web: port })
    expect(await answerAt(port)).toBe('web')
    expect(world.complaints).toEqual([])

    first.close()
    const second = await world.attach(world.openHost())
    expect(await second.first('hello')).toMatchObject({ tableVersion: 3, bound: { web: port } })
    second.close()

    const third = await world.attach(host)
    const added = await freePort()
    const more = { ...tableOf(replica, port, published(added)), version: 4 }
    third.send({ type: 'table', table: more })
    await third.end()
    const fourth = await world.attach(host)
    expect((await fourth.push(more)).bound).toEqual({ web: port, [`publish/${added}`]: added })
    expect(await Promise.all([answerAt(port), answerAt(added)])).toEqual(['web', 'web'])

    const { State } = await eventually(() => world.edge())
    process.kill(State.Pid, 'SIGKILL')
    await fourth.end()
    expect(await eventually(() => answerAt(port))).toBe('web')
    const fifth = await world.attach(host)
    expect(await fifth.first('hello')).toMatchObject({ tableVersion: 4 })

    const stream = await dialFromEdge(world.context, { owner: world.owner, to: replica, subject: 'x' }, NOBODY)
    await stream.write(Buffer.from('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'))
    let said = ''
    for await (const chunk of stream.output) said += Buffer.from(chunk).toString()
    expect(said).toMatch(/200.*web$/s)
  }, 180_000)

  test('counts up and says what is taken in the words of this engine too, and is made from this machine`s own Node', async () => {
    await using engine = await startEngineWithImages('podman')
    await using world = new DockerEdgeWorld(program, { endpoint: engine.endpoint })
    await using other = new DockerEdgeWorld(program, { endpoint: engine.endpoint, environment: { MINIPAAS_EDGE_BASE: 'localhost/none:1' } })
    const port = await freePort()
    const table = tableOf(await world.replica('web'), port)
    await (await world.attach(world.openHost(), table)).push(table)
    const wanted = tableOf(await other.replica('other'), port, published(port))
    const { bound, problems } = await (await other.attach(other.openHost(), wanted)).push(wanted)
    expect(bound.web).toBeGreaterThan(port)
    expect(problems).toEqual([{ listener: `publish/${port}`, message: expect.stringMatching(`port ${port} on 127.0.0.1 is taken by`) }])
    expect(await answerAt(bound.web)).toBe('other')
  }, 180_000)
})
