import type { Readable } from 'node:stream'
import type { Instant } from '../../../../../src/kernel/instant.ts'
import type { DockerContext } from '../../context.ts'
import { hasStatus } from '../../faults.ts'
import { instantOf, parseEngineTime } from '../engine-time.ts'
import { openStream, readStream } from '../open-stream.ts'
import type { Meter, Usage } from './meter.ts'

/** One entry of the engine's stream. Source: Engine API, ContainerStats. */
interface StatsEntry {
  readonly read?: string
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } }
  readonly memory_stats?: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> }
}

/**
 * Keeps the last entry of the engine's own measurements, which come once a second for as long as the stream is open. Asking for single
 * ones is no way: an engine answers each after its next measurement.
 */
export class StreamMeter implements Meter {
  readonly #closed = new AbortController()
  #last: Usage | undefined
  #over = false
  #changed: () => void = () => {}
  readonly #first: Promise<void>

  constructor(context: DockerContext, container: string) {
    this.#first = new Promise((resolve) => {
      this.#changed = resolve
    })
    void this.#run(context, container)
  }

  async read(signal: AbortSignal): Promise<Usage | undefined> {
    if (this.#last === undefined && !this.#over) await orAborted(this.#first, signal)
    return this.#over ? undefined : this.#last
  }

  close(): void {
    this.#closed.abort(new DOMException('nobody asks any more', 'AbortError'))
  }

  async #run(context: DockerContext, container: string): Promise<void> {
    const { signal } = this.#closed
    try {
      const open = (opening: AbortSignal): Promise<Readable> =>
        context.docker.getContainer(container).stats({ stream: true, abortSignal: opening } as object) as unknown as Promise<Readable>
      let rest = ''
      for await (const chunk of readStream(await openStream(open, signal), signal)) {
        const lines = (rest + chunk.toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line.trim() !== '') this.#take(usageOf(JSON.parse(line) as StatsEntry, context.clock.now()))
      }
    } catch (error) {
      if (!signal.aborted && !hasStatus(error, 404)) context.logger.log('debug', 'a container is not measured', { reason: String(error) })
    }
    this.#over = true
    this.#changed()
  }

  #take(usage: Usage | undefined): void {
    if (usage === undefined) return
    this.#last = usage
    this.#changed()
  }
}

/** Undefined for the entry of a container that ends: it has no figures. */
export function usageOf({ read, cpu_stats: cpu, memory_stats: memory }: StatsEntry, now: Instant): Usage | undefined {
  const cpuNanos = cpu?.cpu_usage?.total_usage
  const bytes = memory?.usage
  if (cpuNanos === undefined || bytes === undefined) return undefined
  const files = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0
  const time = read === undefined ? undefined : parseEngineTime(read)
  return { at: time === undefined ? now : instantOf(time), cpuNanos, memoryBytes: files < bytes ? bytes - files : bytes }
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void work.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
