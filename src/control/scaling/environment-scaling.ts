import type { Clock } from '../../kernel/clock.ts'
import { InternalError } from '../../kernel/fault.ts'
import type { Millis } from '../../kernel/instant.ts'
import type { BackendCounters } from '../../model/edge.ts'
import type { Engine, Owner } from '../../model/engine.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { TraceItem } from '../../wire/record.ts'
import type { ClockView, ScaleView } from '../../wire/scale-view.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import { type ClockSetting, EnvironmentClock } from '../time/environment-clock.ts'
import { untilSettled } from '../time/settled.ts'
import { EdgeTraffic } from './edge-traffic.ts'
import { gather } from './gather.ts'
import { Recording } from './recording.ts'
import { scaleView } from './scale-view.ts'
import { scaledComponent } from './scaler-commands.ts'
import { Scalers } from './scalers.ts'
import { ReplicaUsage } from './usage.ts'

export interface EnvironmentScalingPorts {
  readonly engine: Engine
  readonly owner: Owner
  /** Of the machine; decisions have one of their own. */
  readonly clock: Clock
  readonly setting: ClockSetting
  readonly state: () => ControlState
  readonly post: (input: Input) => void
  /** The edge's last counters. */
  readonly counters: () => readonly BackendCounters[]
}

/** Shortest interval of a recording, on the clock of decisions. */
const INTERVAL_MS: Millis = 1000

/** All of scaling in one environment: what is counted, what is asked, and the scalers that decide by it. */
export class EnvironmentScaling {
  readonly #ports: EnvironmentScalingPorts
  readonly #traffic = new EdgeTraffic()
  readonly #scalers: Scalers
  readonly #clock: EnvironmentClock
  readonly #recordings = new Set<Recording>()
  readonly #ended = new AbortController()

  constructor(ports: EnvironmentScalingPorts) {
    const { engine, owner, state, post } = ports
    this.#ports = ports
    this.#clock = new EnvironmentClock(ports.clock, ports.setting)
    const { clock } = this.#clock
    const usage = new ReplicaUsage(engine, owner, clock)
    this.#scalers = new Scalers({
      clock,
      traffic: this.#traffic,
      state,
      post,
      gather: (component, signal) => gather(component, { clock, traffic: this.#traffic, state, meters: undefined }, signal),
      usage: (component, replicas, signal) => usage.read(component.key, replicas, signal),
    })
  }

  follow(state: ControlState): void {
    this.#scalers.follow(state)
    for (const recording of this.#recordings) recording.followed(state)
  }

  demand(key: ComponentKey, held: number): void {
    this.#scalers.demand(key, held)
    for (const recording of this.#recordings) recording.demanded(key, held)
  }

  counted(backends: readonly BackendCounters[]): void {
    this.#scalers.busy(this.#traffic.counted(backends, this.#clock.clock.now()))
    for (const recording of this.#recordings) recording.counted(backends)
  }

  /** Another run of the edge counts from the beginning. */
  edgeAttached(): void {
    this.#traffic.restarted()
    for (const recording of this.#recordings) recording.restarted()
  }

  /** Tells of these components until it is disposed. */
  record(components: readonly ComponentKey[], report: (item: TraceItem) => void): Recording & Disposable {
    const { state, counters } = this.#ports
    const { clock, speed } = this.#clock
    const recording = new Recording({
      environment: state().environment,
      components,
      now: () => clock.now(),
      speed,
      everyMs: Math.max(INTERVAL_MS, Math.round(this.reportEveryMs * speed)),
      state,
      counters: counters(),
      unit: (key) => this.#scalers.unit(key),
      report,
    })
    this.#recordings.add(recording)
    return Object.assign(recording, {
      [Symbol.dispose]: () => {
        this.#recordings.delete(recording)
        recording.finish(counters())
      },
    })
  }

  /** The scaler of a component by its key or name; throws a refusal where there is none. */
  view(name: string): ScaleView {
    const { state, counters } = this.#ports
    const { clock } = this.#clock
    const { key } = scaledComponent(name, state())
    const unit = this.#scalers.unit(key)
    if (unit === undefined) throw new InternalError(`no scaler was made for ${key}`)
    return scaleView(unit, { state: state(), now: clock.now(), counters: counters() })
  }

  /** How often the edge is to report: once in a second of the decisions' clock, within what an edge can do. */
  get reportEveryMs(): Millis {
    const { speed } = this.#clock
    return speed <= 1 ? 1000 : Math.max(20, Math.round(1000 / speed))
  }

  clockView(): ClockView {
    const { setting, clock, speed } = this.#clock
    return { kind: setting.kind, now: clock.now(), speed }
  }

  /** Lets the time of decisions pass; resolves when everything that it caused has settled. */
  async advance(ms: Millis, onPass: (listener: () => void) => Disposable, signal: AbortSignal): Promise<ClockView> {
    const { clock, state, post } = this.#ports
    const settled = (): Promise<void> => untilSettled({ clock, state, onPass, idle: () => this.#scalers.idle })
    const now = await this.#clock.advance(ms, settled, signal)
    if (this.#clock.setting.kind === 'virtual') post({ type: 'clock-moved', now })
    return this.clockView()
  }

  /** Nothing is decided here any more. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  stop(): void {
    this.#scalers.stop()
    this.#ended.abort()
  }
}
