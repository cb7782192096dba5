import { type FSWatcher, watch } from 'node:fs'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { Millis } from '../../../src/kernel/instant.ts'
import type { LogStream } from './log-stream.ts'

/** After news the files are looked at in this rhythm until they are quiet: a chatty process must not cause an event per line. */
const LOOK_EVERY: Millis = 25

/** Notes when the files of a replica grow: woken by the system when all was quiet, in a slow rhythm while there is traffic. */
export class LogWatch {
  readonly #directory: string
  readonly #clock: Clock
  readonly #streams: readonly LogStream[]
  readonly #stopped = new AbortController()
  #watcher: FSWatcher | undefined
  #busy = false

  constructor(directory: string, streams: readonly LogStream[], clock: Clock) {
    this.#directory = directory
    this.#streams = streams
    this.#clock = clock
  }

  start(): void {
    this.#listen()
  }

  stop(): void {
    this.#stopped.abort()
    this.#watcher?.close()
    this.#watcher = undefined
  }

  /** Looks now; for moments at which the last output is known to be there. */
  look(): 'grew' | 'same' {
    const now = this.#clock.now()
    let result: 'grew' | 'same' = 'same'
    for (const stream of this.#streams) if (stream.poll(now) === 'grew') result = 'grew'
    return result
  }

  #listen(): void {
    if (this.#stopped.signal.aborted) return
    try {
      this.#watcher = watch(this.#directory, { persistent: false }, () => this.#wakeUp())
      this.#watcher.on('error', () => this.#wakeUp())
    } catch {
      // No watches left, or the directory is gone: look in the slow rhythm instead.
      if (!this.#busy) void this.#follow()
      return
    }
    // What was written since the last look caused no event.
    if (this.look() === 'grew') this.#wakeUp()
  }

  #wakeUp(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    if (!this.#busy) void this.#follow()
  }

  async #follow(): Promise<void> {
    this.#busy = true
    try {
      do {
        this.look()
        await this.#clock.sleep(LOOK_EVERY, this.#stopped.signal)
      } while (this.look() === 'grew')
    } catch {
      // Stopped.
    } finally {
      this.#busy = false
    }
    this.#listen()
  }
}
