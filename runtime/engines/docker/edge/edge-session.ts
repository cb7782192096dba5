import type { EdgeMessage, EdgeTable, ToEdge } from '../../../../src/model/edge.ts'
import type { EdgeChannel } from '../../../../src/model/engine.ts'
import {
  covers,
  inwardTable,
  LOOPBACK,
  outwardPorts,
  type Publication,
  publishProblems,
  surplusPorts,
  type WantedPort,
  wantedPorts,
} from './published-ports.ts'

export interface SessionPlace {
  /** The edge's own address, where published ports lead. */
  readonly address: string
  readonly published: readonly Publication[]
  /** Ports that the last table needs, and whether the container must have no others. */
  readonly wish: (wanted: readonly WantedPort[], exactly: boolean) => void
}

/** An edge has to be idle for so many reports, one a second, before it is replaced only to give ports back. */
const QUIET_REPORTS = 10

/**
 * The control core's channel to an edge in a container. Tables speak of the host's ports, the edge of those inside; when a
 * table needs others than the container publishes, the channel ends with the reason, and the next attach replaces the container.
 */
export class EdgeSession implements EdgeChannel {
  readonly #channel: EdgeChannel
  readonly #place: SessionPlace
  #wanted: readonly WantedPort[] | undefined
  #leaving: string | undefined
  /** It is left in order to give ports back. */
  #exactly = false
  #quiet = 0

  constructor(channel: EdgeChannel, place: SessionPlace) {
    this.#channel = channel
    this.#place = place
  }

  get messages(): AsyncIterable<EdgeMessage> {
    return this.#read()
  }

  send(message: ToEdge): void {
    if (message.type === 'table') this.#sendTable(message.table)
    else this.#channel.send(message)
  }

  close(): void {
    this.#channel.close()
  }

  #sendTable(table: EdgeTable): void {
    const { published, address, wish } = this.#place
    const wanted = wantedPorts(table)
    this.#wanted = wanted
    wish(wanted, this.#exactly)
    if (covers(published, wanted)) {
      this.#channel.send({ type: 'table', table: inwardTable(table, published, address) })
      return
    }
    const missing = wanted.filter((port) => !covers(published, [port])).map(({ port }) => `${LOOPBACK}:${port}`)
    this.#leave(`the edge is replaced by one that also listens at ${missing.join(' and ')}`)
  }

  async *#read(): AsyncGenerator<EdgeMessage> {
    for await (const message of this.#channel.messages) {
      yield this.#translate(message)
      if (message.type === 'counters') this.#giveBack(message)
    }
    if (this.#leaving !== undefined) throw new Error(this.#leaving)
  }

  #translate(message: EdgeMessage): EdgeMessage {
    const { published } = this.#place
    switch (message.type) {
      case 'hello':
        return { ...message, bound: outwardPorts(message.bound, published) }
      case 'ack': {
        const problems = [...message.problems, ...publishProblems(published, this.#wanted ?? [])]
        return { ...message, bound: outwardPorts(message.bound, published), problems }
      }
      default:
        return message
    }
  }

  /** A port that nobody needs is given back when that disturbs nobody. */
  #giveBack({ backends }: Extract<EdgeMessage, { type: 'counters' }>): void {
    if (this.#wanted === undefined || this.#leaving !== undefined) return
    const surplus = surplusPorts(this.#place.published, this.#wanted)
    const isQuiet = surplus.length > 0 && backends.every(({ inFlight, held }) => inFlight + held === 0)
    this.#quiet = isQuiet ? this.#quiet + 1 : 0
    if (this.#quiet < QUIET_REPORTS) return
    this.#exactly = true
    this.#place.wish(this.#wanted, true)
    this.#leave(`the edge is replaced by one that no longer listens at ${surplus.map((port) => `${LOOPBACK}:${port}`).join(' and ')}`)
  }

  #leave(why: string): void {
    this.#leaving = why
    this.#channel.close()
  }
}
