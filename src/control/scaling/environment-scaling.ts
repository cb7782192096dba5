import type { BackendCounters } from '../../model/edge.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ScaleView } from '../../wire/scale-view.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import { DecisionTime, type DecisionTimePorts } from '../time/decision-time.ts'
import { Recordings } from './recordings.ts'
import { Scalers } from './scalers.ts'
import { TriggerReader, type TriggerReaderPorts } from './trigger-reader.ts'
import { viewOf } from './view-of.ts'

export interface EnvironmentScalingPorts
  extends Omit<TriggerReaderPorts, 'clock' | 'beneath' | 'pushed'>,
    Pick<DecisionTimePorts, 'setting'> {
  /** Of the machine; decisions have one of their own. */
  readonly clock: TriggerReaderPorts['beneath']
  readonly post: (input: Input) => void
  /** The edge's last counters. */
  readonly counters: () => readonly BackendCounters[]
}

/** All of scaling in one environment: what is counted, what is asked, and the scalers that decide by it. */
export class EnvironmentScaling {
  readonly time: DecisionTime
  readonly recordings: Recordings
  readonly #ports: EnvironmentScalingPorts
  readonly #reader: TriggerReader
  readonly #scalers: Scalers

  constructor(ports: EnvironmentScalingPorts) {
    const { clock: beneath, state, post, setting } = ports
    this.#ports = ports
    this.time = new DecisionTime({
      beneath,
      setting,
      state,
      idle: () => this.#scalers.idle,
      moved: (now) => post({ type: 'clock-moved', now }),
    })
    const { clock } = this.time
    this.#reader = new TriggerReader({ ...ports, beneath, clock, pushed: (key) => this.#scalers.pushed(key) })
    const { traffic, gather, near, usage } = this.#reader
    const failed = (error: unknown): void =>
      ports.logger.log('error', 'a decision about scaling failed; the next one is made as usual', { reason: String(error) })
    this.#scalers = new Scalers({ clock, traffic, state, post, gather, near, usage, failed })
    this.recordings = new Recordings({ time: this.time, state, counters: ports.counters, unit: (key) => this.#scalers.unit(key) })
  }

  follow(state: ControlState): void {
    this.#reader.follow(state)
    this.#scalers.follow(state)
    this.recordings.followed(state)
  }

  demand(key: ComponentKey, held: number): void {
    this.#scalers.demand(key, held)
    this.recordings.demanded(key, held)
  }

  counted(backends: readonly BackendCounters[]): void {
    this.#reader.traffic.counted(backends, this.time.clock.now())
    this.recordings.counted(backends)
  }

  /** Another run of the edge counts from the beginning. */
  edgeAttached(): void {
    this.#reader.traffic.restarted()
    this.recordings.restarted()
  }

  /** The scaler of a component by its key or name; throws a refusal where there is none. */
  view(name: string): ScaleView {
    const { state, counters } = this.#ports
    return viewOf(name, this.#scalers, { state: state(), now: this.time.clock.now(), counters: counters() })
  }

  /** Resolves when the program that reads triggers is gone. */
  async stop(): Promise<void> {
    this.#scalers.stop()
    this.recordings.end()
    await this.#reader.close()
  }
}
