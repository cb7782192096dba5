import type { Hint } from '../../../src/model/engine.ts'
import type { ReplicaId } from '../../../src/model/names.ts'

interface Reader {
  readonly changed: Set<ReplicaId>
  anything: boolean
  wake: (() => void) | undefined
}

/** Carries "something changed" from an engine to the readers of one environment. Hints that nobody took yet are merged. */
export class HintBoard {
  readonly #readers = new Map<string, Set<Reader>>()

  /** Without a replica: anything of the environment may have changed. */
  post(environment: string, replica?: ReplicaId): void {
    for (const reader of this.#readers.get(environment) ?? []) {
      if (replica === undefined) reader.anything = true
      else reader.changed.add(replica)
      reader.wake?.()
    }
  }

  /** Hints from now on, until the signal. The reader counts from this call, not from the first `next`. */
  read(environment: string, signal: AbortSignal): AsyncIterable<Hint> {
    const reader: Reader = { changed: new Set(), anything: false, wake: undefined }
    const readers = this.#readers.get(environment) ?? new Set()
    this.#readers.set(environment, readers.add(reader))
    const stop = (): void => {
      readers.delete(reader)
      reader.wake?.()
    }
    signal.addEventListener('abort', stop, { once: true })
    return takeHints(reader, signal)
  }
}

async function* takeHints(reader: Reader, signal: AbortSignal): AsyncGenerator<Hint> {
  while (!signal.aborted) {
    const hints: Hint[] = [...reader.changed].map((replica) => ({ replica }))
    if (reader.anything) hints.push({})
    reader.changed.clear()
    reader.anything = false
    yield* hints
    if (hints.length > 0) continue
    await new Promise<void>((resolve) => {
      reader.wake = resolve
    })
    reader.wake = undefined
  }
}
