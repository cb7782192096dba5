import { createSocket, type Socket } from 'node:dgram'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { bundleProgram } from '../kit/bundled-program.ts'
import { applicationText } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { answerAt, published, tableOf } from '../kit/docker/edge-tables.ts'
import { DockerEdgeWorld } from '../kit/docker/edge-world.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { freePort } from '../kit/stage.ts'

const LIMIT = 120_000
const NUMBER = 5300

/** Datagrams come back with the name of the replica and its start before them; a connection to the port of the same number hears another word. */
const ECHO = `
  const name = require('node:os').hostname() + '@' + Date.now()
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (datagram, { port, address }) => socket.send(Buffer.concat([Buffer.from(name + ' '), datagram]), port, address))
  socket.bind(${NUMBER})
  require('node:net').createServer((client) => client.on('error', () => {}).end('tcp')).listen(${NUMBER})
  process.on('SIGTERM', () => process.exit(0))`

const application = applicationText('datagrams', [
  {
    name: 'echo',
    type: 'webservice',
    properties: {
      image: 'node:22-alpine',
      imagePullPolicy: 'IfNotPresent',
      cmd: ['node', '-e', ECHO],
      ports: [
        { port: NUMBER, name: 'dgram', protocol: 'UDP', expose: true },
        { port: NUMBER, name: 'stream', expose: true },
      ],
    },
  },
])

/** A client that stays at one port of its own. */
class Datagrams implements Disposable {
  readonly heard: Buffer[] = []
  readonly #socket: Socket = createSocket('udp4')
  readonly #port: number

  constructor(port: number) {
    this.#port = port
    this.#socket.on('error', () => {}).on('message', (datagram) => this.heard.push(datagram))
  }

  /** What comes back. Sent again until then, as anybody does with datagrams. */
  async ask(text: string | Buffer): Promise<string> {
    const sent = Buffer.from(text)
    return eventually(async () => {
      await new Promise((resolve) => this.#socket.send(sent, this.#port, '127.0.0.1', resolve))
      const answer = this.heard.find((datagram) => datagram.subarray(-sent.length).equals(sent))
      return answer?.toString('latin1')
    }, 30_000)
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}

let world: CliWorld
let port = 0
beforeAll(async () => {
  world = new CliWorld()
  port = await freePort()
  world.write('app.yaml', application)
  const ports = [`${port}:${NUMBER}/udp`]
  world.write('minipaas.yaml', JSON.stringify({ models: ['app.yaml'], components: { echo: { ports } } }))
  await world.up('--scale', 'echo=2')
}, LIMIT)
afterAll(() => world[Symbol.asyncDispose](), LIMIT)

test(
  'a published port carries datagrams: those of a client to one replica, those of several to both',
  async () => {
    expect(await world.call('port', 'echo')).toBe(`127.0.0.1:${port}\n`)
    expect(await world.call('status', '--endpoint')).toContain(`udp://127.0.0.1:${port}`)
    const replicas = new Set<string>()
    for (let index = 0; index < 4; index++) {
      using client = new Datagrams(port)
      const answers = new Set<string>()
      for (const text of ['one', 'two', 'three']) answers.add((await client.ask(text)).split(' ')[0] ?? '')
      expect(answers.size).toBe(1)
      for (const name of answers) replicas.add(name)
    }
    expect([...replicas].map((name) => name.split('@')[0]).sort()).toEqual(['echo-0', 'echo-1'])
    using client = new Datagrams(port)
    const large = Buffer.alloc(32 * 1024, 'x')
    expect(await client.ask(large)).toMatch(/^echo-\d@\d+ x+$/)
  },
  LIMIT,
)

test(
  'a client that stays is answered again after a restart of what it talks to',
  async () => {
    using client = new Datagrams(port)
    const [started = ''] = (await client.ask('before')).split(' ')
    await world.call('restart', 'echo')
    const [again = ''] = await eventually(async () => {
      client.heard.length = 0
      const answer = (await client.ask('after')).split(' ')
      return answer[0] === started ? undefined : answer
    }, 30_000)
    expect(again).toMatch(/^echo-\d@\d+$/)
  },
  LIMIT,
)

test(
  'a port that another program has for datagrams is a problem of its own',
  async () => {
    using bundles = scratchDirectory()
    const taken = await freePort()
    const squatting = createSocket('udp4')
    await new Promise<void>((resolve) => squatting.bind(taken, '127.0.0.1', resolve))
    try {
      await using edges = new DockerEdgeWorld(await bundleProgram('runtime/edge/main.ts', bundles.path))
      const web = await freePort()
      const datagrams = { ...published(taken), id: `publish/${taken}/udp`, transport: 'udp' } as const
      const table = tableOf(await edges.replica('web'), web, datagrams)
      const { bound, problems } = await (await edges.attach(edges.openHost(), table)).push(table)
      expect(bound).toEqual({ web })
      expect(problems).toEqual([{ listener: datagrams.id, message: `port ${taken} on 127.0.0.1 is taken by another program` }])
      expect(await answerAt(web)).toBe('web')
    } finally {
      squatting.close()
    }
  },
  LIMIT,
)
