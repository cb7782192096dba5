import type { Clock } from '../../kernel/clock.ts'
import { InternalError } from '../../kernel/fault.ts'
import type { BackendCounters } from '../../model/edge.ts'
import type { Engine, Owner } from '../../model/engine.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ScaleView } from '../../wire/scale-view.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import { EdgeTraffic } from './edge-traffic.ts'
import { gather } from './gather.ts'
import { scaleView } from './scale-view.ts'
import { scaledComponent } from './scaler-commands.ts'
import { Scalers } from './scalers.ts'
import { ReplicaUsage } from './usage.ts'

export interface EnvironmentScalingPorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly clock: Clock
  readonly state: () => ControlState
  readonly post: (input: Input) => void
  /** The edge's last counters. */
  readonly counters: () => readonly BackendCounters[]
}

/** All of scaling in one environment: what is counted, what is asked, and the scalers that decide by it. */
export class EnvironmentScaling {
  readonly #ports: EnvironmentScalingPorts
  readonly #traffic = new EdgeTraffic()
  readonly #scalers: Scalers

  constructor(ports: EnvironmentScalingPorts) {
    const { engine, owner, clock, state, post } = ports
    this.#ports = ports
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
  }

  demand(key: ComponentKey, held: number): void {
    this.#scalers.demand(key, held)
  }

  counted(backends: readonly BackendCounters[]): void {
    this.#scalers.busy(this.#traffic.counted(backends, this.#ports.clock.now()))
  }

  /** Another run of the edge counts from the beginning. */
  edgeAttached(): void {
    this.#traffic.restarted()
  }

  /** The scaler of a component by its key or name; throws a refusal where there is none. */
  view(name: string): ScaleView {
    const { state, clock, counters } = this.#ports
    const { key } = scaledComponent(name, state())
    const unit = this.#scalers.unit(key)
    if (unit === undefined) throw new InternalError(`no scaler was made for ${key}`)
    return scaleView(unit, { state: state(), now: clock.now(), counters: counters() })
  }

  stop(): void {
    this.#scalers.stop()
  }
}
