import type { Clock } from '../../kernel/clock.ts'
import { earliest, type Instant, type Millis } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import { appliedComponents } from '../find-component.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import type { EdgeTraffic } from './edge-traffic.ts'
import { JobUnit } from './job-unit.ts'
import { isScaled } from './scaled.ts'
import { ScaledUnit, type UnitPorts } from './scaled-unit.ts'

export interface ScalersPorts extends Pick<UnitPorts, 'gather' | 'near' | 'usage' | 'failed'> {
  /** Of decisions: polls, syncs, windows and cool-downs are counted by it. */
  readonly clock: Clock
  readonly traffic: EdgeTraffic
  readonly state: () => ControlState
  readonly post: (input: Input) => void
}

/** Source: Kubernetes, kube-controller-manager, horizontal-pod-autoscaler-sync-period. */
const SYNC_MS: Millis = 15_000

/**
 * Scales the components of one environment: asks KEDA's decision at each poll and the HPA's at each sync, and posts what they decide. A tick that
 * changes nothing posts nothing, so that nothing is planned for it.
 */
export class Scalers {
  readonly #ports: ScalersPorts
  readonly #units = new Map<ComponentKey, ScaledUnit>()
  readonly #jobs = new Map<ComponentKey, JobUnit>()
  readonly #stop = new AbortController()
  #timer: Disposable | undefined
  #applied: ReadonlyMap<string, unknown> | undefined

  constructor(ports: ScalersPorts) {
    this.#ports = ports
  }

  /** After each pass: components come, change and go, replicas become ready. */
  follow(state: ControlState): void {
    if (this.#applied !== state.apps) {
      this.#applied = state.apps
      this.#enter(state)
    }
    if (this.#units.size === 0) return
    const replicas = replicasBy((state.observed?.replicas ?? []).filter(({ id }) => state.standbys?.get(id) !== 'waiting'))
    const now = this.#ports.clock.now()
    for (const [key, unit] of this.#units) unit.follow(replicas.get(key) ?? [], state, now)
  }

  /** Requests wait at the gate of a component: it is polled at once. */
  demand(key: ComponentKey, held: number): void {
    const { clock, traffic } = this.#ports
    traffic.demanded(key, held, clock.now())
    this.#units.get(key)?.wake('edge')
  }

  /** A push scaler says that a trigger became active. */
  pushed(key: ComponentKey): void {
    this.#units.get(key)?.wake('push')
  }

  /** No step is under way. */
  get idle(): boolean {
    return this.#all().every((unit) => unit.idle)
  }

  unit(key: ComponentKey): ScaledUnit | undefined {
    return this.#units.get(key)
  }

  /** Of a ScaledJob. */
  jobs(key: ComponentKey): JobUnit | undefined {
    return this.#jobs.get(key)
  }

  #all(): readonly (ScaledUnit | JobUnit)[] {
    return [...this.#units.values(), ...this.#jobs.values()]
  }

  stop(): void {
    this.#stop.abort(new DOMException('the daemon stops', 'AbortError'))
    this.#timer?.[Symbol.dispose]()
  }

  #enter(state: ControlState): void {
    const scaled = new Map<ComponentKey, Component>()
    for (const [key, { component }] of appliedComponents(state)) if (isScaled(component)) scaled.set(key, component)
    for (const key of [...this.#units.keys(), ...this.#jobs.keys()]) {
      if (scaled.has(key)) continue
      this.#units.delete(key)
      this.#jobs.delete(key)
      this.#ports.traffic.forget(key)
    }
    for (const [key, component] of scaled) {
      const known = component.scale.jobs === undefined ? this.#units.get(key) : this.#jobs.get(key)
      if (known === undefined) this.#begin(component, state)
      else known.enter(component, this.#ports.clock.now())
    }
    this.#schedule()
  }

  /** Of a component that was replaced by one of the other kind, nothing is left. */
  #begin(component: Component, state: ControlState): void {
    const { key } = component
    this.#units.delete(key)
    this.#jobs.delete(key)
    if (component.scale.jobs === undefined) this.#units.set(key, this.#unit(component, state))
    else this.#jobs.set(key, this.#jobUnit(component, state))
  }

  #jobUnit(component: Component, state: ControlState): JobUnit {
    const { clock, gather, state: current, post } = this.#ports
    return new JobUnit(component, state.scaled.get(component.key), {
      clock,
      gather,
      state: current,
      signal: this.#stop.signal,
      failed: this.#ports.failed,
      decided: (decision) => post({ type: 'jobs-decided', component: component.key, ...decision }),
    })
  }

  #unit(component: Component, state: ControlState): ScaledUnit {
    const { clock, gather, near, usage, state: current, post } = this.#ports
    return new ScaledUnit(component, state.scaled.get(component.key), {
      clock,
      gather,
      near,
      usage,
      state: current,
      signal: this.#stop.signal,
      syncMs: SYNC_MS,
      decided: (decision, scaled) => {
        const because = explain(decision)
        post({ type: 'scaled', component: component.key, scaled, because })
      },
      failed: this.#ports.failed,
    })
  }

  /** One timer for all: it runs what is due. */
  #schedule(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#stop.signal.aborted) return
    let due: Instant | undefined
    for (const unit of this.#all()) due = earliest(due, unit.dueAt)
    if (due === undefined) return
    this.#timer = this.#ports.clock.at(due, () => {
      const now = this.#ports.clock.now()
      for (const unit of this.#all()) unit.run(now)
      this.#schedule()
    })
  }
}

function replicasBy(replicas: readonly ObservedReplica[]): ReadonlyMap<ComponentKey, readonly ObservedReplica[]> {
  const by = new Map<ComponentKey, ObservedReplica[]>()
  for (const replica of replicas) {
    const list = by.get(replica.component)
    if (list === undefined) by.set(replica.component, [replica])
    else list.push(replica)
  }
  return by
}

/** The steps of a decision that moved it, otherwise all of them. */
function explain({ trail }: Parameters<UnitPorts['decided']>[0]): readonly string[] {
  const moved = trail.filter(({ from, to }) => from !== to)
  return (moved.length > 0 ? moved : trail).map(({ because }) => because)
}
