import { after, type Millis } from '../../src/kernel/instant.ts'
import type { MeterTrigger, TriggerReading } from '../../src/model/meter.ts'
import { Meter, type MeterOptions } from './meter.ts'
import type { LoadReader } from './reader-index.ts'

export interface MeterSetOptions extends Omit<MeterOptions, 'load'> {
  readonly readers: Readonly<Record<string, LoadReader>>
}

/** Whoever asks waits for all, at most 10 s (src/control/meter-link.ts): a trigger with a longer `timeout` must not cost the readings of the others. */
const LONGEST_ANSWER: Millis = 8000

interface Entry {
  /** Everything the trigger says, so that any change makes it a new one. */
  readonly said: string
  readonly meter: Meter
}

/** The triggers there are, by their ids. */
export class MeterSet {
  readonly #options: MeterSetOptions
  #entries: ReadonlyMap<string, Entry> = new Map()

  constructor(options: MeterSetOptions) {
    this.#options = options
  }

  /** Keeps what is unchanged, with its connections; closes what is gone or changed. */
  apply(triggers: readonly MeterTrigger[]): void {
    const before = this.#entries
    const entries = new Map<string, Entry>()
    for (const trigger of triggers) {
      const said = JSON.stringify(trigger)
      const kept = before.get(trigger.id)
      entries.set(trigger.id, kept?.said === said ? kept : { said, meter: this.#start(trigger) })
    }
    this.#entries = entries
    for (const [id, entry] of before) if (entries.get(id) !== entry) entry.meter.close()
  }

  /** All at once; one reading for each id, in that order. */
  read(ids: readonly string[]): Promise<readonly TriggerReading[]> {
    return Promise.all(ids.map((id) => this.#read(id)))
  }

  /** What comes later is the answer to the next question, if it is asked by then. */
  async #read(id: string): Promise<TriggerReading> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return unknown(id)
    const { clock } = this.#options
    return await new Promise((resolve) => {
      const timer = clock.at(after(clock.now(), LONGEST_ANSWER), () => resolve(late(id)))
      void entry.meter.read().then((reading) => {
        timer[Symbol.dispose]()
        resolve(reading)
      })
    })
  }

  close(): void {
    this.apply([])
  }

  #start(trigger: MeterTrigger): Meter {
    const { readers, ...options } = this.#options
    const meter = new Meter(trigger, { ...options, load: readers[trigger.type] })
    if (trigger.type in readers) void meter.start()
    return meter
  }
}

function late(id: string): TriggerReading {
  const limit = `${LONGEST_ANSWER / 1000} s`
  return {
    trigger: id,
    error: `The trigger ${id} has no value: no answer within ${limit}, and it is still waited for. See whether the server is slow.`,
  }
}

function unknown(id: string): TriggerReading {
  return {
    trigger: id,
    error: `The trigger ${id} has no value: it is not among those that were announced. It is asked again at the next poll.`,
  }
}
