import type { MeterChannel } from '../../src/model/engine.ts'
import type { MeterMessage, MeterTrigger, ToMeters, TriggerReading } from '../../src/model/meter.ts'

/** A trigger that the fake program understands: `fixed`, `failed`, `tcp`, `push`, `mute`, `crash`, `deaf`. */
export function aTrigger(id: string, type: string, settings: Readonly<Record<string, string>> = {}): MeterTrigger {
  return { id, type, settings, scaledObject: { name: 'web', namespace: 'default' } }
}

/** The control core's end of a channel to the program that reads triggers, with all that was heard. */
export class MeterConversation {
  readonly heard: MeterMessage[] = []
  readonly #channel: MeterChannel
  readonly #over: Promise<void>
  #isOver = false
  #asked = 0

  constructor(channel: MeterChannel) {
    this.#channel = channel
    this.#over = this.#listen()
  }

  /** Whether the channel has ended. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Resolves when the channel ends. */
  get over(): Promise<void> {
    return this.#over
  }

  send(message: ToMeters): void {
    this.#channel.send(message)
  }

  watch(...triggers: readonly MeterTrigger[]): void {
    this.send({ type: 'triggers', triggers })
  }

  /** Asks; resolves to the number of the question. */
  ask(...triggers: readonly string[]): number {
    const id = ++this.#asked
    this.send({ type: 'read', id, triggers })
    return id
  }

  readingsOf(id: number): readonly TriggerReading[] | undefined {
    const answer = this.heard.find((message) => message.type === 'readings' && message.id === id)
    return answer?.type === 'readings' ? answer.readings : undefined
  }

  close(): void {
    this.#channel.close()
  }

  async #listen(): Promise<void> {
    for await (const message of this.#channel.messages) this.heard.push(message)
    this.#isOver = true
  }
}
