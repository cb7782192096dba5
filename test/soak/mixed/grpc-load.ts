import { status } from '@grpc/grpc-js'
import { GrpcClient } from '../../conformance/edge/grpc-replica.ts'

/** Channels that stay open for the whole run, each with one connection at a time. */
export class GrpcLoad implements Disposable {
  readonly #channels: readonly GrpcClient[]

  constructor(ports: readonly number[]) {
    this.#channels = ports.map((port) => new GrpcClient(port))
  }

  /** One call without streams on this channel, with the right answer. */
  async ask(channel: number): Promise<void> {
    const text = await this.#at(channel).ask('apples')
    if (!text.endsWith(':apples')) throw new Error(`gRPC: ${text} came back`)
  }

  /** A stream of the server, whole. */
  async list(channel: number, count: number): Promise<void> {
    let heard = 0
    for await (const _ of this.#at(channel).list(count)) heard++
    if (heard !== count) throw new Error(`gRPC: ${heard} of ${count} messages came`)
  }

  /** A stream both ways, a message after the answer to the one before. */
  talk(channel: number, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const talk = this.#at(channel).talk()
      let heard = 0
      talk.on('data', () => {
        heard++
        if (heard < count) talk.write(Buffer.from('again'))
        else talk.end()
      })
      talk.on('error', reject)
      talk.on('status', ({ code, details }) => {
        if (code === status.OK && heard === count) resolve()
        else reject(new Error(`gRPC: status ${code} (${details}) after ${heard} of ${count} answers`))
      })
      talk.write(Buffer.from('hello'))
    })
  }

  [Symbol.dispose](): void {
    for (const channel of this.#channels) channel[Symbol.dispose]()
  }

  #at(channel: number): GrpcClient {
    const found = this.#channels[channel]
    if (found === undefined) throw new Error(`there is no channel ${channel}`)
    return found
  }
}
