import type { Instant, Millis } from '../../kernel/instant.ts'
import type { BackendCounters, RequestRecord } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { TraceItem } from '../../wire/record.ts'
import type { TraceLine } from '../../wire/trace.ts'
import type { ControlState } from '../state.ts'
import { RecordedReplicas } from './recorded-replicas.ts'
import { RecordedTraffic } from './recorded-traffic.ts'
import type { ScaledUnit } from './scaled-unit.ts'
import { traceHeader, traceNames } from './trace-header.ts'

export interface RecordingPorts {
  readonly components: readonly ComponentKey[]
  /** Of the environment's clock. */
  readonly now: () => Instant
  readonly speed: number
  readonly everyMs: Millis
  readonly state: () => ControlState
  /** What was counted before. */
  readonly counters: readonly BackendCounters[]
  readonly unit: (key: ComponentKey) => ScaledUnit | undefined
  readonly report: (item: TraceItem) => void
}

/**
 * A live run as a trace: what comes, by interval, and how the components are scaled. Lines are told in order of time, so each waits for the end of its
 * interval. Times are those of the environment's clock, service times too.
 */
export class Recording {
  readonly #ports: RecordingPorts
  readonly #startedAt: Instant
  readonly #names: ReadonlyMap<ComponentKey, string>
  readonly #traffic: RecordedTraffic
  readonly #replicas: RecordedReplicas
  readonly #told = new Map<ComponentKey, string>()
  #lines: TraceLine[] = []
  /** End of the last interval that is complete, in milliseconds since the start. */
  #until = 0
  #over = false
  #counted: () => void = () => {}

  /** Tells the header. */
  constructor(ports: RecordingPorts) {
    const { components, everyMs, speed, report } = ports
    const state = ports.state()
    this.#ports = ports
    this.#startedAt = ports.now()
    this.#names = traceNames(components, state)
    this.#traffic = new RecordedTraffic(components, ports.counters)
    this.#replicas = new RecordedReplicas(components, { state, unit: ports.unit })
    report(traceHeader(this.#names, { state, unit: ports.unit, startedAt: this.#startedAt, speed, everyMs }))
  }

  /** After each pass. */
  followed(state: ControlState): void {
    const now = this.#ports.now()
    for (const change of this.#replicas.followed(state, now)) {
      const { at, key, ...line } = change
      this.#lines.push({ ...line, t: this.#since(at), component: this.#name(key) })
    }
  }

  counted(backends: readonly BackendCounters[]): void {
    const t = this.#since(this.#ports.now())
    this.#traffic.counted(backends, t)
    const { everyMs } = this.#ports
    for (; this.#until + everyMs <= t; ) this.#close(false)
    this.#tell()
    this.#counted()
  }

  /** Resolves with the next counters: what came until now is in them. */
  nextCounters(): Promise<void> {
    return new Promise((resolve) => {
      this.#counted = resolve
    })
  }

  /** Requests wait at a gate: told between two counters. */
  demanded(key: ComponentKey, held: number): void {
    this.#traffic.demanded(key, held)
  }

  /** A request has ended. */
  ended({ component, tookMs, waitedMs }: RequestRecord): void {
    const { speed } = this.#ports
    if (component !== undefined) this.#traffic.ended(component, Math.max(0, tookMs - waitedMs) * (speed === 0 ? 1 : speed))
  }

  /** Another run of the edge counts from the beginning. */
  restarted(): void {
    this.#traffic.restarted()
  }

  /** Tells what is left: an interval that was not complete counts as one, so that the trace says how long it is. */
  finish(backends: readonly BackendCounters[]): void {
    if (this.#over) return
    this.followed(this.#ports.state())
    this.counted(backends)
    this.#over = true
    this.#traffic.counted(backends, this.#until + this.#ports.everyMs)
    this.#close(true)
    this.#tell()
  }

  /** Ends one interval; one in which nothing happened is left out unless it is the last. */
  #close(last: boolean): void {
    const { everyMs, unit } = this.#ports
    this.#until += everyMs
    for (const key of this.#names.keys()) {
      const counted = this.#traffic.take(key, this.#until)
      const readings = readingsOf(unit(key))
      const text = JSON.stringify(readings)
      const moved = counted.arrivals + counted.inFlightMax + counted.ended > 0
      if (!moved && !last && (this.#told.get(key) ?? '{}') === text) continue
      this.#told.set(key, text)
      this.#lines.push({ kind: 'load', t: this.#until, component: this.#name(key), ...counted, ...(text === '{}' ? {} : { readings }) })
    }
  }

  #tell(): void {
    const due = this.#lines.filter(({ t }) => t <= this.#until)
    this.#lines = this.#lines.filter(({ t }) => t > this.#until)
    for (const line of due.sort((left, right) => left.t - right.t)) this.#ports.report(line)
  }

  #since(at: Instant): Millis {
    return Math.max(0, Math.round(at - this.#startedAt))
  }

  #name(key: ComponentKey): string {
    return this.#names.get(key) ?? key
  }
}

function readingsOf(unit: ScaledUnit | undefined): Readonly<Record<string, number>> {
  const known = (unit?.readings ?? []).flatMap(({ trigger, value }) => (value === undefined ? [] : [[trigger, value] as const]))
  return Object.fromEntries(known)
}
