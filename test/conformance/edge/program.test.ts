import { readFile, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { TableStore } from '../../../runtime/edge/table-store.ts'
import { bundleProgram } from '../../kit/bundled-program.ts'
import { eventually } from '../../kit/eventually.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { EdgeProcess, TestController } from './edge-process.ts'
import { aBackend, aTable, EdgeWorld, serviceListenerOf, webListener } from './edge-world.ts'
import { RawClient } from './raw-client.ts'
import { freePort, ReplicaServer } from './replica-server.ts'

const bundles = scratchDirectory()
let program = ''

beforeAll(async () => {
  program = await bundleProgram('runtime/edge/main.ts', bundles.path)
})
afterAll(() => bundles[Symbol.dispose]())

function named(name: string): Promise<ReplicaServer> {
  return ReplicaServer.start((_, response) => response.end(name))
}

function tableTo(server: ReplicaServer): ReturnType<typeof aTable> {
  return aTable({
    version: 7,
    backends: [aBackend('web', { replicas: [server.replica()] })],
    listeners: [webListener, serviceListenerOf('web')],
  })
}

describe('the program', () => {
  test('says hello, serves what it is given, and answers', async () => {
    using folder = scratchDirectory()
    await using server = await named('served')
    await using edge = new EdgeProcess(program, folder.path)
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    expect(await controller.first('hello')).toEqual({
      type: 'hello',
      protocol: 1,
      pid: edge.child.pid,
      tableVersion: 0,
      bound: {},
      run: expect.any(String),
    })
    const { bound, problems } = await controller.push(tableTo(server))
    expect(problems).toEqual([])
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('served')
    controller.send({ type: 'ping', id: 5 })
    expect(await controller.first('pong')).toEqual({ type: 'pong', id: 5 })
    const { backends } = await eventually(
      () =>
        controller.messages.find((message) => message.type === 'counters' && message.backends.some((backend) => backend.requests === 1)) as
          | Awaited<ReturnType<typeof controller.first<'counters'>>>
          | undefined,
    )
    expect(backends[0]).toMatchObject({ backend: 'web:80', inFlight: 0, held: 0, statusClasses: [0, 1, 0, 0, 0] })
    expect(backends[0]?.latency.reduce((sum, count) => sum + count, 0)).toBe(1)
  })

  test('killed and started again, serves the last table at the same ports while nobody controls it', async () => {
    using folder = scratchDirectory()
    await using server = await named('still here')
    let bound: Readonly<Record<string, number>> = {}
    {
      await using edge = new EdgeProcess(program, folder.path)
      using controller = await TestController.open(`${folder.path}/edge.sock`)
      bound = (await controller.push(tableTo(server))).bound
      edge.kill('SIGKILL')
      expect(await edge.ended()).toBe('SIGKILL')
    }
    expect((await stat(`${folder.path}/table.json`)).mode & 0o777).toBe(0o600)
    await using edge = new EdgeProcess(program, folder.path)
    const text = await eventually(async () => (await fetch(`http://127.0.0.1:${bound.web}/`)).text())
    expect(text).toBe('still here')
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    expect(await controller.first('hello')).toMatchObject({ tableVersion: 7, bound, pid: edge.child.pid })
  })

  test('a controller that is quicker than the table of last time has the last word', async () => {
    using folder = scratchDirectory()
    await using old = await named('old')
    await using current = await named('current')
    const store = new TableStore(folder.path)
    await store.write({ table: tableTo(old), bound: {} })
    await using world = new EdgeWorld({ store })
    await world.push(tableTo(current))
    await world.started
    expect(await (await fetch(world.url())).text()).toBe('current')
  })

  test('prefers other ports to none when its old ones are taken', async () => {
    using folder = scratchDirectory()
    await using server = await named('x')
    const port = await freePort()
    const table = aTable({
      version: 1,
      backends: [aBackend('web', { replicas: [server.replica()] })],
      listeners: [{ ...webListener, port }],
    })
    {
      await using edge = new EdgeProcess(program, folder.path)
      using controller = await TestController.open(`${folder.path}/edge.sock`)
      expect((await controller.push(table)).bound).toEqual({ web: port })
      edge.kill('SIGKILL')
      await edge.ended()
    }
    await using thief = await ReplicaServer.start((_, response) => response.end('thief'), port)
    await using _edge = new EdgeProcess(program, folder.path)
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    const hello = await controller.first('hello')
    const web = hello.bound.web ?? (await controller.push(table)).bound.web
    expect(web).toBeGreaterThan(thief.port)
    expect(await (await fetch(`http://127.0.0.1:${web}/`)).text()).toBe('x')
  })

  test('obeys the newest controller, and closes one that sends no messages', async () => {
    using folder = scratchDirectory()
    await using _edge = new EdgeProcess(program, folder.path)
    using first = await TestController.open(`${folder.path}/edge.sock`)
    await first.first('hello')
    using second = await TestController.open(`${folder.path}/edge.sock`)
    await second.first('hello')
    expect(first.closed).toBe(false)
    second.send({ type: 'ping', id: 1 })
    await second.first('pong')
    await eventually(() => (first.closed ? true : undefined))
    second.send('this is no message\n')
    await eventually(() => (second.closed ? true : undefined))
    using third = await TestController.open(`${folder.path}/edge.sock`)
    await third.first('hello')
  })

  test('does not start beside another one', async () => {
    using folder = scratchDirectory()
    await using _edge = new EdgeProcess(program, folder.path)
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    await controller.first('hello')
    await using twin = new EdgeProcess(program, folder.path)
    expect(await twin.ended()).toBe(3)
    expect(twin.errors).toContain('another edge answers')
    expect(controller.closed).toBe(false)
  })

  test('told to terminate, finishes what runs and takes nothing new', async () => {
    using folder = scratchDirectory()
    const open: ServerResponse[] = []
    await using server = await ReplicaServer.start((_, response) => void open.push(response))
    await using edge = new EdgeProcess(program, folder.path)
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    const { bound } = await controller.push(tableTo(server))
    using client = new RawClient(bound.web ?? 0)
    client.get()
    await eventually(() => open[0])
    edge.kill('SIGTERM')
    await eventually(async () => {
      using late = new RawClient(bound.web ?? 0)
      await late.untilEnd()
      return true
    })
    open[0]?.end('finished')
    expect(await client.untilEnd()).toMatch(/finished$/)
    expect(await edge.ended()).toBe(0)
    expect(JSON.parse(await readFile(`${folder.path}/table.json`, 'utf8'))).toMatchObject({ table: { version: 7 } })
  })

  test('told to shut down, ends everything and forgets its table', async () => {
    using folder = scratchDirectory()
    await using server = await ReplicaServer.start(() => {})
    await using edge = new EdgeProcess(program, folder.path)
    using controller = await TestController.open(`${folder.path}/edge.sock`)
    const { bound } = await controller.push(tableTo(server))
    using client = new RawClient(bound.web ?? 0)
    client.get()
    await eventually(() => (server.connections === 1 ? true : undefined))
    controller.send({ type: 'shutdown' })
    await client.untilEnd()
    expect(await edge.ended()).toBe(0)
    await expect(stat(`${folder.path}/table.json`)).rejects.toThrow()
    await expect(stat(`${folder.path}/edge.sock`)).rejects.toThrow()
  })

  test('is controlled over its standard streams where there is no socket', async () => {
    using folder = scratchDirectory()
    await using server = await named('by stdio')
    await using edge = new EdgeProcess(program, folder.path, 'stdio')
    using controller = edge.controlled()
    await controller.first('hello')
    const { bound } = await controller.push(tableTo(server))
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('by stdio')
  })

  test('over its standard streams obeys whoever greets, also behind the half message of somebody who died', async () => {
    using folder = scratchDirectory()
    await using server = await named('by the next one')
    await using edge = new EdgeProcess(program, folder.path, 'stdio')
    const controller = edge.controlled()
    const hellos = () => controller.all('hello').map(({ tableVersion }) => tableVersion)
    await eventually(() => (hellos().length === 1 ? true : undefined))
    controller.send('{"type":"table","table":{"version":9,"backe')
    controller.send({ type: 'greet' })
    await eventually(() => (hellos().length === 2 ? true : undefined))
    controller.send('half a line\n{"type":"no such order"}\n\n')
    const { bound } = await controller.push(tableTo(server))
    controller.send('\n')
    controller.send({ type: 'greet' })
    await eventually(() => (hellos().length === 3 ? true : undefined))
    expect(hellos()).toEqual([0, 0, 7])
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('by the next one')
    expect(edge.errors).toContain('a line that is no message')
  })

  test('over its standard streams goes on when they end', async () => {
    using folder = scratchDirectory()
    await using server = await named('still here')
    await using edge = new EdgeProcess(program, folder.path, 'stdio')
    const controller = edge.controlled()
    const { bound } = await controller.push(tableTo(server))
    edge.child.stdin?.end()
    edge.child.stdout?.destroy()
    await eventually(() => (edge.errors.includes('has lost its input') && edge.errors.includes('has lost its output') ? true : undefined))
    expect(await (await fetch(`http://127.0.0.1:${bound.web}/`)).text()).toBe('still here')
    expect(edge.exit).toBeUndefined()
    // The pipe fails with an error and is closed, and does so again each second.
    expect(edge.errors.match(/has lost its output/g)).toHaveLength(1)
  })

  test('says how it is called when it is called wrongly', async () => {
    await using edge = new EdgeProcess(program, '', 'socket')
    edge.kill('SIGCONT')
    expect(await edge.ended()).not.toBe(0)
  })
})
