import type { Millis } from '../../../../../src/kernel/instant.ts'
import { after } from '../../../../../src/kernel/instant.ts'
import type { StatsFacet } from '../../../../../src/model/engine.ts'
import type { DockerContext } from '../../context.ts'
import { faults } from '../../faults.ts'
import type { Meter, Usage } from './meter.ts'
import { openMeter } from './open-meter.ts'
import { RunningIndex } from './running-index.ts'

/** A container that nobody asks about for so long is not measured any longer. */
const IDLE: Millis = 5000
/** Over a shorter time, processor time is too coarse: the last figure stands. */
const MIN_INTERVAL: Millis = 200

interface Measured {
  readonly meter: Promise<Meter>
  last: Usage | undefined
  /** Cores over the last interval. */
  cpu: number
  askedAt: Usage['at']
}

/** Sums over the running containers of a replica, its sandbox left out. The first reading of a container knows no interval yet: 0 cores. */
export function statsFacet(context: DockerContext): StatsFacet {
  const book = new StatsBook(context)
  return {
    async read(of, signal) {
      const first = await book.measureAll(of, signal)
      if (first === undefined) throw faults.noReplica(of)
      // One of them is over; another may have taken its place.
      const usages = first.includes(undefined) ? ((await book.measureAll(of, signal)) ?? []) : first
      const seen = usages.filter((usage) => usage !== undefined)
      return {
        cpu: seen.reduce((sum, { cpu }) => sum + cpu, 0),
        memoryBytes: seen.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      }
    },
  }
}

interface Figures {
  readonly cpu: number
  readonly memoryBytes: number
}

class StatsBook {
  readonly #context: DockerContext
  readonly #index: RunningIndex
  readonly #measured = new Map<string, Measured>()
  #sweep: Disposable | undefined

  constructor(context: DockerContext) {
    this.#context = context
    this.#index = new RunningIndex(context)
  }

  /** One entry for each running container, undefined for one that is over; undefined when there is no such replica. */
  async measureAll(of: Parameters<StatsFacet['read']>[0], signal: AbortSignal): Promise<readonly (Figures | undefined)[] | undefined> {
    const ids = await this.#index.find(of)
    if (ids === undefined) return undefined
    const figures = await Promise.all(ids.map((id) => this.#measure(id, signal)))
    if (figures.includes(undefined)) this.#index.forget(of.owner.environment)
    return figures
  }

  async #measure(id: string, signal: AbortSignal): Promise<Figures | undefined> {
    const { clock } = this.#context
    const measured = this.#measured.get(id) ?? { meter: openMeter(this.#context, id), last: undefined, cpu: 0, askedAt: clock.now() }
    measured.askedAt = clock.now()
    this.#measured.set(id, measured)
    this.#armSweep()
    const usage = await this.#read(id, measured, signal)
    if (usage === undefined) return undefined
    const { last } = measured
    const passed = last === undefined ? 0 : usage.at - last.at
    if (last === undefined) measured.last = usage
    else if (passed >= MIN_INTERVAL) {
      measured.cpu = Math.max(0, usage.cpuNanos - last.cpuNanos) / 1e6 / passed
      measured.last = usage
    }
    return { cpu: measured.cpu, memoryBytes: usage.memoryBytes }
  }

  async #read(id: string, measured: Measured, signal: AbortSignal): Promise<Usage | undefined> {
    try {
      const usage = await (await measured.meter).read(signal)
      if (usage === undefined) this.#close(id, measured)
      return usage
    } catch (error) {
      this.#close(id, measured)
      throw error
    }
  }

  #close(id: string, { meter }: Measured): void {
    this.#measured.delete(id)
    meter.then(
      (opened) => opened.close(),
      () => {},
    )
  }

  #armSweep(): void {
    const { clock } = this.#context
    this.#sweep ??= clock.at(after(clock.now(), IDLE), () => {
      this.#sweep = undefined
      for (const [id, measured] of this.#measured) if (after(measured.askedAt, IDLE) <= clock.now()) this.#close(id, measured)
      if (this.#measured.size > 0) this.#armSweep()
    })
  }
}
