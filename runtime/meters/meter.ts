import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { MeterTrigger, TriggerReading } from '../../src/model/meter.ts'
import { explain, secretsOf, TooLate, WrongSetting } from './failure.ts'
import type { Reader, ReaderContext, ReaderModule, Reading } from './reader.ts'
import type { LoadReader } from './reader-index.ts'
import { Settings } from './settings.ts'

/** KEDA_HTTP_DEFAULT_TIMEOUT (kedacore/keda: cmd/operator/main.go). */
const LIMIT: Millis = 3000

export interface MeterOptions {
  readonly clock: Clock
  readonly load: LoadReader | undefined
  /** A push scaler says that it became active. */
  readonly onActive: (trigger: string) => void
  /** What goes wrong besides readings, as one line without secrets. */
  readonly onError: (trigger: string, line: string) => void
}

/** One trigger: keeps its connection, and makes a failed one anew once before it says why there is no value. Never throws. */
export class Meter {
  readonly #trigger: MeterTrigger
  readonly #options: MeterOptions
  readonly #settings: Settings
  readonly #secrets: readonly string[]
  #kept: { readonly reader: Promise<Reader>; readonly unwanted: AbortController } | undefined
  #reading: Promise<TriggerReading> | undefined
  #watch: Disposable | undefined
  #closed = false

  constructor(trigger: MeterTrigger, options: MeterOptions) {
    this.#trigger = trigger
    this.#options = options
    this.#settings = new Settings(trigger.settings)
    this.#secrets = secretsOf(trigger.settings)
  }

  /** Listens, where the scaler is one that reports by itself. */
  async start(): Promise<void> {
    try {
      const { watch } = await this.#module()
      if (watch === undefined || this.#closed) return
      const { id } = this.#trigger
      const { onActive, onError } = this.#options
      this.#watch = watch(this.#settings, {
        ...this.#context(),
        onActive: () => onActive(id),
        onError: (error) => onError(id, this.#line(error)),
      })
    } catch (error) {
      // The next reading says it to whoever asks.
      this.#options.onError(this.#trigger.id, this.#line(error))
    }
  }

  /** Who asks while an answer is on its way gets the same one. */
  read(): Promise<TriggerReading> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  close(): void {
    this.#closed = true
    this.#watch?.[Symbol.dispose]()
    this.#drop()
  }

  async #read(): Promise<TriggerReading> {
    const { id } = this.#trigger
    try {
      return { trigger: id, ...(await this.#attempt()) }
    } catch (first) {
      this.#drop()
      if (first instanceof WrongSetting || this.#closed) return { trigger: id, error: this.#line(first) }
    }
    try {
      // As KEDA does: the scaler is built anew and asked once more (kedacore/keda: pkg/scaling/cache/scalers_cache.go).
      return { trigger: id, ...(await this.#attempt()) }
    } catch (second) {
      this.#drop()
      return { trigger: id, error: this.#line(second) }
    }
  }

  async #attempt(): Promise<Reading> {
    const { clock } = this.#options
    const limit = this.#limit()
    const abort = new AbortController()
    const late = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason))
    })
    using _timer = clock.at(after(clock.now(), limit), () => abort.abort(new TooLate(`no answer within ${limit / 1000} s`)))
    return await Promise.race([this.#ask(abort.signal), late])
  }

  async #ask(signal: AbortSignal): Promise<Reading> {
    this.#kept ??= this.#open()
    const { reader: opening, unwanted } = this.#kept
    const reader = await opening
    // Closed already, because the time was over or the trigger is gone.
    if (unwanted.signal.aborted) throw new Error('the connection is closed')
    const { value, activationValue, active, metrics } = await reader.read(signal)
    if (value !== undefined && !Number.isFinite(value)) throw new Error(`the answer is no number but ${value}`)
    return {
      ...(value === undefined ? {} : { value }),
      ...(activationValue === undefined ? {} : { activationValue }),
      ...(active === undefined ? {} : { active }),
      ...(metrics === undefined ? {} : { metrics }),
    }
  }

  #open(): { readonly reader: Promise<Reader>; readonly unwanted: AbortController } {
    const unwanted = new AbortController()
    return { unwanted, reader: this.#module().then(({ open }) => open(this.#settings, { ...this.#context(), unwanted: unwanted.signal })) }
  }

  #module(): Promise<ReaderModule> {
    const { load } = this.#options
    if (load === undefined) {
      return Promise.reject(new WrongSetting(`no reader is there for this type, its value is set with "minipaas metric set"`))
    }
    return load()
  }

  #context(): Omit<ReaderContext, 'unwanted'> {
    return { clock: this.#options.clock, limitMs: this.#limit(), scaledObject: this.#trigger.scaledObject }
  }

  #limit(): Millis {
    return this.#settings.duration('timeout', LIMIT) || LIMIT
  }

  /** Closed as soon as it is there: it may still be connecting. Nobody waits for that. */
  #drop(): void {
    const kept = this.#kept
    this.#kept = undefined
    kept?.unwanted.abort()
    // What has failed is closed already.
    kept?.reader.then((reader) => reader.close()).catch(() => {})
  }

  #line(error: unknown): string {
    return explain(this.#trigger.type, error, this.#secrets)
  }
}
