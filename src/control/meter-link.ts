import { sameValue } from '../kernel/canonical-json.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Millis } from '../kernel/instant.ts'
import type { Logger } from '../kernel/logger.ts'
import { withTimeLimit } from '../kernel/time-limit.ts'
import type { MeterChannel, MeterHost, Owner } from '../model/engine.ts'
import type { MeterMessage, MeterTrigger, TriggerReading } from '../model/meter.ts'
import { MeterQuestions } from './meter-questions.ts'

export interface MeterLinkPorts {
  /** Absent where the engine cannot host the program. */
  readonly host: MeterHost | undefined
  readonly owner: Owner
  /** Of the program: the wall clock where that is a real one, also in an environment whose own time runs faster. */
  readonly clock: Clock
  readonly logger: Logger
  /** A push scaler became active. */
  readonly active: (trigger: string) => void
  /** Hides values of secrets. */
  readonly shade: (text: string) => string
}

/** A reading takes no longer. Shorter than a period of the HPA's controller (15 s), so that two of them never overlap. */
const READ_MS: Millis = 10_000
/** A program that left a question unanswered is given up when it does not answer a ping either. */
const PING_MS: Millis = 5_000
/** A start takes no longer, the making of its image included. */
const ATTACH_MS: Millis = 60_000
const REMOVE_MS: Millis = 10_000
/** Pauses between tries: doubled each time, from the first to the longest, and from the first again after a program has lived for a while. */
const FIRST_PAUSE: Millis = 500
const LONGEST_PAUSE: Millis = 30_000
const STEADY_MS: Millis = 60_000

/**
 * The control core's end of the program that reads triggers: it is there while there are triggers, knows all of them, and is started again
 * when it goes away. What a reading means is decided elsewhere.
 */
export class MeterLink {
  readonly #ports: MeterLinkPorts
  readonly #questions: MeterQuestions
  #triggers: readonly MeterTrigger[] = []
  #channel: MeterChannel | undefined
  /** From the first trigger to the last one. */
  #term: AbortController | undefined
  /** The end of the last term, the program's included. */
  #ended: Promise<void> = Promise.resolve()
  #closed = false

  constructor(ports: MeterLinkPorts) {
    this.#ports = ports
    this.#questions = new MeterQuestions(ports.clock)
  }

  get attached(): boolean {
    return this.#channel !== undefined
  }

  /** All triggers there are. The program is started with the first one, told of every change, and removed with the last one. */
  setTriggers(triggers: readonly MeterTrigger[]): void {
    if (this.#closed || sameValue(triggers, this.#triggers)) return
    this.#triggers = triggers
    if (triggers.length === 0) this.#leave()
    else if (this.#term === undefined) this.#begin()
    else this.#channel?.send({ type: 'triggers', triggers })
  }

  /**
   * One reading for each trigger, in that order. Never rejects but with the signal's reason: what cannot be read in time, or by a program
   * that is away, has an error that says so. A program that is just being started is waited for.
   */
  async read(triggers: readonly string[], signal: AbortSignal): Promise<readonly TriggerReading[]> {
    const answer = await this.#questions.ask((id) => ({ type: 'read', id, triggers }), { limitMs: READ_MS, signal })
    if (answer === 'late') void this.#examine()
    if (typeof answer === 'object') return inOrder(triggers, answer)
    const why = answer === 'late' ? `no reading came within ${READ_MS / 1000} s` : this.#questions.whyAway
    const error = `${why}; it is tried again with the next reading`
    return triggers.map((trigger) => ({ trigger, error }))
  }

  /** Ends the program and forgets all triggers. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#closed = true
    this.#triggers = []
    this.#leave()
    await this.#ended
  }

  #begin(): void {
    const term = new AbortController()
    this.#term = term
    this.#questions.expect()
    const { host } = this.#ports
    if (host === undefined) {
      this.#questions.lost('this engine cannot run the program that reads triggers')
      return
    }
    const before = this.#ended
    this.#ended = before.then(() => this.#serve(host, term.signal))
  }

  #leave(): void {
    this.#term?.abort(new Error('there are no triggers any more'))
    this.#term = undefined
    this.#questions.lost('there is no trigger to be read')
  }

  /** Keeps the program there until the term is over, then removes it. */
  async #serve(host: MeterHost, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#ports
    let pause = FIRST_PAUSE
    while (!signal.aborted) {
      const since = clock.now()
      const why = await this.#live(host, signal)
      if (signal.aborted) break
      this.#questions.lost(why)
      logger.log('warn', 'the program that reads triggers is away', { reason: why, againMs: pause })
      if (clock.now() - since >= STEADY_MS) pause = FIRST_PAUSE
      await clock.sleep(pause, signal).catch(() => {})
      pause = Math.min(2 * pause, LONGEST_PAUSE)
      if (!signal.aborted) this.#questions.expect()
    }
    await this.#remove(host)
  }

  /** Attaches and listens until the program goes away; resolves to the reason. */
  async #live(host: MeterHost, signal: AbortSignal): Promise<string> {
    const { clock, owner, shade } = this.#ports
    let channel: MeterChannel | undefined
    const hangUp = (): void => channel?.close()
    signal.addEventListener('abort', hangUp)
    try {
      channel = await withTimeLimit(clock, ATTACH_MS, (limit) => host.attach(owner, AbortSignal.any([signal, limit])))
      await this.#listen(channel, signal)
      return 'the program that reads triggers has ended'
    } catch (error) {
      return shade(error instanceof Error ? error.message : String(error))
    } finally {
      signal.removeEventListener('abort', hangUp)
      hangUp()
      if (this.#channel === channel) this.#channel = undefined
    }
  }

  async #listen(channel: MeterChannel, signal: AbortSignal): Promise<void> {
    for await (const message of channel.messages) {
      if (signal.aborted) return
      if (message.type === 'hello') this.#greeted(channel)
      else this.#handle(message)
    }
  }

  #greeted(channel: MeterChannel): void {
    this.#channel = channel
    channel.send({ type: 'triggers', triggers: this.#triggers })
    this.#questions.reached((message) => channel.send(message))
  }

  #handle(message: MeterMessage): void {
    if (message.type === 'readings') this.#questions.answered(message.id, message.readings)
    else if (message.type === 'pong') this.#questions.answered(message.id, [])
    else if (message.type === 'active') this.#ports.active(message.trigger)
  }

  /** A slow reading is no reason to lose the others; a program that does not answer at all is left, and the host replaces it. */
  async #examine(): Promise<void> {
    const channel = this.#channel
    const signal = this.#term?.signal
    if (channel === undefined || signal === undefined) return
    const answer = await this.#questions.ask((id) => ({ type: 'ping', id }), { limitMs: PING_MS, signal }).catch(() => 'away')
    if (answer === 'late' && this.#channel === channel) channel.close()
  }

  async #remove(host: MeterHost): Promise<void> {
    const { clock, owner, logger } = this.#ports
    await withTimeLimit(clock, REMOVE_MS, (signal) => host.remove(owner, signal)).catch((error: unknown) =>
      logger.log('warn', 'the program that reads triggers cannot be removed', {
        reason: error instanceof Error ? error.message : String(error),
      }),
    )
  }
}

/** As they were asked for; one that is missing is an error of the program. */
function inOrder(triggers: readonly string[], readings: readonly TriggerReading[]): readonly TriggerReading[] {
  const known = new Map(readings.map((reading) => [reading.trigger, reading]))
  return triggers.map((trigger) => known.get(trigger) ?? { trigger, error: 'the program that reads triggers left it out' })
}
