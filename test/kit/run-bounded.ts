import { systemClock } from '../../runtime/time/system-clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'

export interface Result<T> {
  readonly item: T
  readonly tookMs: Millis
  /** What it threw, in words. */
  readonly error?: string
}

/** Works through items, a bounded number at a time, to the end whatever fails; results in the order of the items. */
export async function runBounded<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<readonly Result<T>[]> {
  const results: Result<T>[] = []
  const left = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, item] = next
      const from = systemClock.now()
      const error = await work(item).then(() => undefined, describe)
      results[index] = { item, tookMs: systemClock.now() - from, ...(error === undefined ? {} : { error }) }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
