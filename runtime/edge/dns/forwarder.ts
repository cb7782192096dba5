import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import { FrameBuffer, frame } from './frames.ts'
import { isAnswerTo, type Question, withId } from './message.ts'
import type { Upstream } from './name-servers.ts'

export type Transport = 'udp' | 'tcp'

/** Clients give up after five seconds (glibc, musl): all tries together are over before that. */
const TRY_MS: Millis = 1500
const ROUNDS = 2
const LIMIT_MS: Millis = 4500
/** Questions under way; the next one fails at once. */
const MAX_ASKED = 1000

/** Asks the resolvers of the system, one after the other, as they are listed. */
export class Forwarder {
  readonly #clock: Clock
  readonly #upstreams: () => Promise<readonly Upstream[]>
  #asked = 0

  constructor(clock: Clock, upstreams: () => Promise<readonly Upstream[]>) {
    this.#clock = clock
    this.#upstreams = upstreams
  }

  /** The first answer, under the number of the question; undefined when nobody answers, or when there is nobody to ask. */
  async ask(question: Question, message: Buffer, transport: Transport): Promise<Buffer | undefined> {
    if (this.#asked >= MAX_ASKED) return undefined
    this.#asked++
    try {
      return await this.#askAll(question, message, transport)
    } finally {
      this.#asked--
    }
  }

  async #askAll(question: Question, message: Buffer, transport: Transport): Promise<Buffer | undefined> {
    const upstreams = await this.#upstreams()
    const limit = after(this.#clock.now(), LIMIT_MS)
    // A resolver without TCP may still answer over UDP; its answer may then be incomplete, which it says.
    const ways: readonly Transport[] = transport === 'tcp' ? ['tcp', 'udp'] : Array.from({ length: ROUNDS }, () => 'udp' as const)
    for (const way of ways) {
      for (const upstream of upstreams) {
        if (this.#clock.now() >= limit) return undefined
        // A new number and a new port for each try: nobody can guess both and answer in the resolver's place.
        const id = randomInt(0x1_0000)
        const asked = { upstream, message: withId(message, id), fits: (answer: Buffer) => isAnswerTo(answer, question, id) }
        const answer = await (way === 'tcp' ? this.#askTcp(asked) : this.#askUdp(asked))
        if (answer !== undefined) return withId(answer, question.id)
      }
    }
    return undefined
  }

  #askUdp({ upstream, message, fits }: Asked): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const socket = createSocket(isIPv6(upstream.address) ? 'udp6' : 'udp4')
      let isOver = false
      const finish = (answer: Buffer | undefined): void => {
        if (isOver) return
        isOver = true
        timer[Symbol.dispose]()
        socket.close()
        resolve(answer)
      }
      const timer = this.#clock.at(after(this.#clock.now(), TRY_MS), () => finish(undefined))
      socket.on('error', () => finish(undefined))
      socket.on('message', (answer) => {
        if (fits(answer)) finish(answer)
      })
      // Connected, so that only the resolver is heard, and that a port where nobody listens is noticed.
      socket.connect(upstream.port, upstream.address, () => {
        if (!isOver) socket.send(message)
      })
    })
  }

  #askTcp({ upstream, message, fits }: Asked): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      const socket = connect({ host: upstream.address, port: upstream.port, noDelay: true })
      const finish = (answer: Buffer | undefined): void => {
        timer[Symbol.dispose]()
        socket.destroy()
        resolve(answer)
      }
      const timer = this.#clock.at(after(this.#clock.now(), TRY_MS), () => finish(undefined))
      const frames = new FrameBuffer()
      socket.on('connect', () => socket.write(frame(message)))
      socket.on('data', (chunk: Buffer) => {
        for (const answer of frames.push(chunk)) if (fits(answer)) finish(answer)
      })
      for (const event of ['error', 'close'] as const) socket.on(event, () => finish(undefined))
    })
  }
}

interface Asked {
  readonly upstream: Upstream
  readonly message: Buffer
  readonly fits: (answer: Buffer) => boolean
}
