import type { DockerContext } from '../../../runtime/engines/docker/context.ts'
import { attachTo } from '../../../runtime/engines/docker/edge/attachment.ts'
import type { EdgeMessage, EdgeTable } from '../../../src/model/edge.ts'
import type { EdgeChannel } from '../../../src/model/engine.ts'
import { eventually } from '../eventually.ts'

type MessageOf<T extends EdgeMessage['type']> = Extract<EdgeMessage, { type: T }>

/** A channel to an edge whose messages are remembered, as a control core has one. */
export class EdgeConversation {
  readonly messages: EdgeMessage[] = []
  /** Set when there is nothing more to read: the reason, or an empty text. */
  ended: string | undefined
  readonly #channel: EdgeChannel

  constructor(channel: EdgeChannel) {
    this.#channel = channel
    void this.#read()
  }

  send: EdgeChannel['send'] = (message) => this.#channel.send(message)

  close(): void {
    this.#channel.close()
  }

  async first<T extends EdgeMessage['type']>(type: T): Promise<MessageOf<T>> {
    return eventually(() => this.messages.find((message): message is MessageOf<T> => message.type === type))
  }

  /** Sends a table and waits until it is acknowledged. */
  async push(table: EdgeTable): Promise<MessageOf<'ack'>> {
    this.send({ type: 'table', table })
    return eventually(() =>
      this.messages.find((message): message is MessageOf<'ack'> => message.type === 'ack' && message.version === table.version),
    )
  }

  /** Waits for the end, longer than an idle edge keeps a port that nobody needs. */
  async end(): Promise<string> {
    return eventually(() => this.ended, 20_000)
  }

  async #read(): Promise<void> {
    try {
      for await (const message of this.#channel.messages) this.messages.push(message)
      this.ended = ''
    } catch (error) {
      this.ended = error instanceof Error ? error.message : String(error)
    }
  }
}

/** Leaves bytes on an edge's standard input, as a daemon does that dies while it writes. */
export async function leaveBytes(context: DockerContext, container: string, text: string): Promise<void> {
  const socket = await attachTo(context, { id: container, streams: 'all' }, new AbortController().signal)
  await new Promise<void>((resolve) => socket.write(text, () => resolve()))
  socket.destroy()
}
