import type { Clock } from '../kernel/clock.ts'
import { type Fault, FaultError } from '../kernel/fault.ts'
import type { BuildOrder, ImageFacet } from '../model/engine.ts'
import { fullImageName } from '../model/image-name.ts'
import type { ObservedImage } from '../model/observed.ts'
import type { ImageScript } from './scenario.ts'

interface Entry {
  readonly id: string
  readonly built?: true
}

/** Images as names that lead to ids, for all environments of the engine. */
export class MemoryImages implements ImageFacet {
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #entries = new Map<string, Entry>()
  #script: ImageScript
  #made = 0

  constructor(options: { readonly clock: Clock; readonly script: ImageScript; readonly changed: () => void }) {
    this.#clock = options.clock
    this.#script = options.script
    this.#changed = options.changed
  }

  get list(): readonly ObservedImage[] {
    return [...this.#entries].map(([name, { id }]) => ({ name, id })).sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  /** Counts for whatever is pulled or built from now on. */
  behave(script: ImageScript): void {
    this.#script = script
  }

  /** Somebody loads an image; without an id, somebody removes it. */
  set(ref: string, id: string | undefined): void {
    if (id === undefined) this.#entries.delete(fullImageName(ref))
    else this.#entries.set(fullImageName(ref), { id })
    this.#changed()
  }

  async has(ref: string, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    return this.#entries.has(fullImageName(ref))
  }

  async pull(ref: string, progress: (done: number, total: number) => void, signal: AbortSignal): Promise<void> {
    const id = await this.#work(() => this.#script.pull?.(ref) ?? `pulled-${++this.#made}`, signal)
    progress(1, 1)
    this.#enter(ref, { id })
  }

  async build(order: BuildOrder, log: (line: string) => void, signal: AbortSignal): Promise<void> {
    log('[1/1] FROM scratch')
    const id = await this.#work(() => this.#script.build?.(order) ?? `built-${++this.#made}`, signal)
    this.#enter(order.image.ref, { id, built: true })
  }

  async remove(ref: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const name = fullImageName(ref)
    if (this.#entries.get(name)?.built === true) this.#entries.delete(name)
    this.#changed()
  }

  async #work(result: () => string | Fault, signal: AbortSignal): Promise<string> {
    if ((this.#script.tookMs ?? 0) > 0) await this.#clock.sleep(this.#script.tookMs ?? 0, signal)
    signal.throwIfAborted()
    const made = result()
    if (typeof made !== 'string') throw new FaultError(made)
    return made
  }

  #enter(ref: string, entry: Entry): void {
    this.#entries.set(fullImageName(ref), entry)
    this.#changed()
  }
}
