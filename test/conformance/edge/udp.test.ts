import { createSocket, type Socket } from 'node:dgram'
import { describe, expect, test } from '@jest/globals'
import type { EdgeBackend, EdgeListener, EdgeReplica } from '../../../src/model/edge.ts'
import { eventually } from '../../kit/eventually.ts'
import { aBackend, aReplica, aTable, EdgeWorld, starting, stopped } from './edge-world.ts'
import { JumpClock } from './jump-clock.ts'

const id = 'publish/5353/udp'
const listener: EdgeListener = {
  id,
  host: '127.0.0.1',
  port: 0,
  taken: 'any',
  transport: 'udp',
  serve: { by: 'backend', backend: aBackend('web').id },
}

/** A socket with everything that it received, as text. */
class UdpPeer implements AsyncDisposable {
  readonly socket: Socket
  readonly received: string[] = []
  readonly from: number[] = []

  constructor(socket: Socket, answer: ((text: string) => string) | undefined) {
    this.socket = socket
    socket.on('message', (datagram, sender) => {
      this.received.push(datagram.toString())
      this.from.push(sender.port)
      if (answer !== undefined) socket.send(answer(datagram.toString()), sender.port, sender.address)
    })
    socket.on('error', () => {})
  }

  static async open(answer?: (text: string) => string): Promise<UdpPeer> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return new UdpPeer(socket, answer)
  }

  get port(): number {
    return this.socket.address().port
  }

  replica(name: string): EdgeReplica {
    return aReplica(name, this.port)
  }

  /** Sends and waits for the next answer. A datagram may be lost, so it is sent until one comes. */
  async ask(text: string, port: number): Promise<string> {
    const before = this.received.length
    return eventually(() => {
      if (this.received.length > before) return this.received.at(-1)
      this.socket.send(text, port, '127.0.0.1')
      return undefined
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()))
  }
}

async function worldOf(backend: EdgeBackend, clock = new JumpClock()): Promise<EdgeWorld> {
  const world = new EdgeWorld({ clock })
  await world.push(aTable({ backends: [backend], listeners: [listener] }))
  return world
}

describe('a published UDP port', () => {
  test("carries each client's datagrams to one replica, and its answers back", async () => {
    await using one = await UdpPeer.open((text) => `one:${text}`)
    await using two = await UdpPeer.open((text) => `two:${text}`)
    await using world = await worldOf(aBackend('web', { replicas: [one.replica('web--a.0'), two.replica('web--a.1')] }))
    await using first = await UdpPeer.open()
    await using second = await UdpPeer.open()
    const answers: string[] = []
    for (let round = 0; round < 3; round++) for (const client of [first, second]) answers.push(await client.ask('hi', world.port(id)))
    expect(answers.slice(2)).toEqual([...answers.slice(0, 2), ...answers.slice(0, 2)])
    expect([...answers.slice(0, 2)].sort()).toEqual(['one:hi', 'two:hi'])
    expect(new Set(one.from).size).toBe(1)
    expect(first.from.every((port) => port === world.port(id))).toBe(true)
  })

  test('keeps a few datagrams while a replica is on its way, and drops them when none will come', async () => {
    await using world = await worldOf(aBackend('web', { gate: starting }))
    await using client = await UdpPeer.open()
    for (let turn = 0; turn < 40; turn++) client.socket.send(`early ${turn}`, world.port(id), '127.0.0.1')
    await eventually(() => world.all('demand')[0])
    await using server = await UdpPeer.open((text) => `<${text}>`)
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica('web--a.0')] })], listeners: [listener] }))
    await eventually(() => (client.received.includes('<early 0>') ? true : undefined))
    expect(world.all('held').map(({ event }) => event)).toEqual(['held', 'released'])
    await world.push(aTable({ backends: [aBackend('web', { gate: stopped })], listeners: [listener] }))
    await using other = await UdpPeer.open()
    other.socket.send('lost', world.port(id), '127.0.0.1')
    await world.push(aTable({ backends: [aBackend('web', { replicas: [server.replica('web--a.0')] })], listeners: [listener] }))
    expect(await other.ask('found', world.port(id))).toBe('<found>')
  })

  test('goes on with another replica when its own one drains, which may still answer', async () => {
    await using old = await UdpPeer.open()
    await using successor = await UdpPeer.open(() => 'new')
    const clock = new JumpClock()
    await using world = await worldOf(aBackend('web', { replicas: [old.replica('web--1.0')] }), clock)
    await using client = await UdpPeer.open()
    await eventually(() => {
      client.socket.send('question', world.port(id), '127.0.0.1')
      return old.received.length > 0 ? true : undefined
    })
    const backend = aBackend('web', { replicas: [successor.replica('web--2.0')], draining: [old.replica('web--1.0')] })
    await world.push(aTable({ backends: [backend], listeners: [listener] }))
    old.socket.send('late', old.from[0] ?? 0, '127.0.0.1')
    await eventually(() => (client.received.includes('late') ? true : undefined))
    expect(await client.ask('next', world.port(id))).toBe('new')
    expect(world.all('drained')).toEqual([])
    clock.jump(1000)
    await eventually(() => world.all('drained').find(({ replica }) => replica === 'web--1.0'))
  })

  test('forgets a silent client, and one whose replica is not there', async () => {
    await using server = await UdpPeer.open((text) => text)
    const clock = new JumpClock()
    await using world = await worldOf(aBackend('web', { replicas: [server.replica('web--a.0')] }), clock)
    await using client = await UdpPeer.open()
    await client.ask('first', world.port(id))
    clock.jump(61_000)
    await client.ask('second', world.port(id))
    expect(new Set(server.from).size).toBe(2)
    const gone = await UdpPeer.open()
    const replica = gone.replica('web--a.1')
    await gone[Symbol.asyncDispose]()
    await world.push(aTable({ backends: [aBackend('web', { replicas: [replica, server.replica('web--a.0')] })], listeners: [listener] }))
    await using other = await UdpPeer.open()
    expect(await other.ask('found', world.port(id))).toBe('found')
  })

  test('is told as a problem when it is taken, and closed when the table has it no more', async () => {
    await using holder = await UdpPeer.open()
    await using world = new EdgeWorld()
    const taken: EdgeListener = { ...listener, port: holder.port, taken: 'fail' }
    const ack = await world.push(aTable({ backends: [aBackend('web')], listeners: [taken] }))
    expect(ack.problems).toEqual([{ listener: id, message: `port ${holder.port} on 127.0.0.1 is taken by another program` }])
    await world.push(aTable({ backends: [aBackend('web')], listeners: [listener] }))
    const port = world.port(id)
    expect((await world.push(aTable({ backends: [aBackend('web')], listeners: [] }))).bound).toEqual({})
    await eventually(async () => {
      const socket = createSocket('udp4')
      await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, '127.0.0.1', resolve))
      return new Promise<true>((resolve) => socket.close(() => resolve(true)))
    })
  })
})
