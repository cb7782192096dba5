import type { Clock } from '../../kernel/clock.ts'
import type { Instant, Millis } from '../../kernel/instant.ts'
import type { ClockView } from '../../wire/scale-view.ts'
import type { ControlState } from '../state.ts'
import { type ClockSetting, EnvironmentClock } from './environment-clock.ts'
import { untilSettled } from './settled.ts'

export interface DecisionTimePorts {
  /** Of the machine. */
  readonly beneath: Clock
  readonly setting: ClockSetting
  readonly state: () => ControlState
  /** No decision is being made. */
  readonly idle: () => boolean
  /** A virtual clock has moved. */
  readonly moved: (now: Instant) => void
}

/** The time of an environment's decisions as clients see it and let it pass. */
export class DecisionTime {
  readonly #ports: DecisionTimePorts
  readonly #clock: EnvironmentClock

  constructor(ports: DecisionTimePorts) {
    this.#ports = ports
    this.#clock = new EnvironmentClock(ports.beneath, ports.setting)
  }

  get clock(): Clock {
    return this.#clock.clock
  }

  /** How often the edge is to report: once in a second of this clock, within what an edge can do. */
  get reportEveryMs(): Millis {
    const { speed } = this.#clock
    return speed <= 1 ? 1000 : Math.max(20, Math.round(1000 / speed))
  }

  view(): ClockView {
    const { setting, clock, speed } = this.#clock
    return { kind: setting.kind, now: clock.now(), speed }
  }

  /** Lets time pass; resolves when everything that it caused has settled. */
  async advance(ms: Millis, onPass: (listener: () => void) => Disposable, signal: AbortSignal): Promise<ClockView> {
    const { beneath, state, idle, moved } = this.#ports
    const now = await this.#clock.advance(ms, () => untilSettled({ clock: beneath, state, idle, onPass }), signal)
    if (this.#clock.setting.kind === 'virtual') moved(now)
    return this.view()
  }
}
