import type { ScaledPod } from '../../scaling/scaler/scaler-types.ts'
import type { SpreadSampler } from './spread.ts'

/** What works on something in replicas. Times are whole microseconds since the start. */
export interface Workload {
  /** The replica takes work from now on. */
  opened(slot: number, time: number): void
  /** The replica takes no new work. When that which it has will be done. */
  closing(slot: number, time: number): number
  /** What the replica still works on is lost. */
  cut(slot: number, time: number): void
}

export interface ReplicaTimes {
  readonly start: SpreadSampler
  /** From the end of the last work to the end of the replica. */
  readonly stopMicros: number
  /** Work that takes longer after the replica was told to end is cut off. */
  readonly graceMicros: number
}

/** What a pod uses, where somebody looks at it. */
export type PodUsage = NonNullable<ScaledPod['usage']>

const STARTING = 1
const READY = 2
const CLOSING = 3

interface Slot {
  readonly id: number
  readonly created: number
  state: typeof STARTING | typeof READY | typeof CLOSING
  /** When `state` next changes by itself; infinite for one that is ready. */
  until: number
  /** Closing: work that is not done by then is cut off. */
  cutAt: number
  readyAt: number
}

/** The replicas of one component: wanted, starting, ready, closing. As a Deployment does, it takes those away first that are not ready, then the youngest. */
export class Replicas {
  wanted = 0
  starting = 0
  ready = 0
  /** Changes with anything that a scaler could see. */
  version = 0
  /** Starts of replicas, and those of them while there was none. */
  starts = 0
  coldStarts = 0
  /** When something changes by itself next. */
  nextAt = Number.POSITIVE_INFINITY
  /** When a replica last began or became ready. */
  changedAt = 0
  readonly #times: ReplicaTimes
  readonly #workloads: readonly Workload[]
  #slots: Slot[] = []
  #nextId = 0
  #ended = 0

  constructor(times: ReplicaTimes, workloads: readonly Workload[]) {
    this.#times = times
    this.#workloads = workloads
  }

  /** Replicas that exist and are not ending (`status.replicas`). */
  get existing(): number {
    return this.starting + this.ready
  }

  scaleTo(count: number, time: number): void {
    if (this.wanted === 0 && count > 0) this.coldStarts++
    this.wanted = count
    while (this.existing < count) this.#start(time)
    while (this.existing > count) this.#close(time)
    this.#changed()
  }

  /** Does everything that is due. */
  advance(time: number): void {
    for (const slot of this.#slots) {
      if (slot.until > time) continue
      if (slot.state === STARTING) {
        slot.state = READY
        slot.until = Number.POSITIVE_INFINITY
        slot.readyAt = time
        this.changedAt = time
        this.starting--
        this.ready++
        for (const workload of this.#workloads) workload.opened(slot.id, time)
      } else if (slot.state === CLOSING) this.#end(slot, time)
    }
    this.#changed()
  }

  /** Microseconds of all replicas from start to end, until a time. */
  lifetime(time: number): number {
    let sum = this.#ended
    for (const slot of this.#slots) sum += time - slot.created
    return sum
  }

  /** As the scaler sees them. `usage` says what a ready one uses. */
  pods(name: string, startMs: number, usage: () => PodUsage | undefined): readonly ScaledPod[] {
    return this.#slots.map((slot): ScaledPod => {
      const ready = slot.state === READY || (slot.state === CLOSING && slot.readyAt >= 0)
      const used = ready ? usage() : undefined
      return {
        name: `${name}-${slot.id}`,
        phase: ready ? 'Running' : 'Pending',
        ready,
        deleting: slot.state === CLOSING,
        startedAtMs: startMs + slot.created / 1000,
        ...(ready ? { readyChangedAtMs: startMs + slot.readyAt / 1000 } : {}),
        ...(used === undefined ? {} : { usage: used }),
      }
    })
  }

  #start(time: number): void {
    const slot: Slot = {
      id: this.#nextId++,
      created: time,
      state: STARTING,
      until: time + this.#times.start.draw(),
      cutAt: Number.POSITIVE_INFINITY,
      readyAt: -1,
    }
    this.#slots.push(slot)
    this.starts++
    this.starting++
    this.changedAt = time
  }

  #close(time: number): void {
    const slot = this.#slots.findLast(({ state }) => state === STARTING) ?? this.#slots.findLast(({ state }) => state === READY)
    if (slot === undefined) return
    let done = time
    if (slot.state === READY) {
      this.ready--
      for (const workload of this.#workloads) done = Math.max(done, workload.closing(slot.id, time))
    } else this.starting--
    slot.state = CLOSING
    const last = time + this.#times.graceMicros
    slot.cutAt = done > last ? last : Number.POSITIVE_INFINITY
    slot.until = Math.min(done, last) + this.#times.stopMicros
  }

  #end(slot: Slot, time: number): void {
    if (slot.cutAt <= time) for (const workload of this.#workloads) workload.cut(slot.id, slot.cutAt)
    this.#ended += time - slot.created
    this.#slots = this.#slots.filter((other) => other !== slot)
  }

  #changed(): void {
    this.version++
    this.nextAt = Number.POSITIVE_INFINITY
    for (const slot of this.#slots) if (slot.until < this.nextAt) this.nextAt = slot.until
  }
}
