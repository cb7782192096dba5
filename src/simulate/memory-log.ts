import type { LogLine, LogOptions } from '../model/engine.ts'
import { Mailbox } from './mailbox.ts'

/** The output of one replica: kept whole, followed by any number of readers. */
export class MemoryLog {
  readonly #lines: LogLine[] = []
  readonly #followers = new Set<{ readonly box: Mailbox<LogLine>; readonly container: string | undefined }>()

  add(line: LogLine): void {
    this.#lines.push(line)
    for (const follower of this.#followers) {
      const { box, container } = follower
      if (!box.open) this.#followers.delete(follower)
      else if (container === undefined || container === line.container) box.push(line)
    }
  }

  /** Followers end with the replica. */
  close(): void {
    for (const { box } of this.#followers) box.close()
    this.#followers.clear()
  }

  read(options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine> {
    const { container, since, tail, follow } = options
    const fitting = this.#lines.filter(
      (line) => (container === undefined || line.container === container) && (since === undefined || line.at >= since),
    )
    const box = new Mailbox<LogLine>(signal)
    for (const line of tail === undefined ? fitting : fitting.slice(Math.max(0, fitting.length - tail))) box.push(line)
    if (!follow) {
      box.close()
      return box
    }
    this.#followers.add({ box, container })
    return box
  }
}
