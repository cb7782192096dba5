import { sameValue } from '../../kernel/canonical-json.ts'
import type { Clock } from '../../kernel/clock.ts'
import { after, earliest, type Instant, type Millis } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ReplicaId } from '../../model/names.ts'
import type { ObservedReplica } from '../../model/observed.ts'
import { initialScaler, pollScaler, syncScaler } from '../../scaling/scaler/scaler.ts'
import type { ScalerDecision, ScalerInput, ScalerState } from '../../scaling/scaler/scaler-types.ts'
import type { ControlState, Scaled } from '../state.ts'
import { PodWatch, requestsOf, type Usage } from './pod-watch.ts'
import { policyOf, specReplicas } from './scaled.ts'

export type ScaleStep = 'poll' | 'sync'

export interface UnitPorts {
  readonly clock: Clock
  /** Values of the triggers that can be asked; one that cannot be read comes with its error. */
  readonly gather: (component: Component, signal: AbortSignal) => Promise<readonly TriggerReading[]>
  /** Of triggers that nobody has to be asked about. */
  readonly near: (component: Component) => readonly TriggerReading[]
  /** Use of the replicas, where a trigger asks for it. */
  readonly usage: (
    component: Component,
    replicas: readonly ObservedReplica[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<ReplicaId, Usage>>
  readonly state: () => ControlState
  readonly signal: AbortSignal
  readonly syncMs: Millis
  /** Something that is decided or shown has changed. */
  readonly decided: (decision: ScalerDecision, scaled: Scaled) => void
  /** A step came to nothing; the next one is made as if it had not been. */
  readonly failed: (error: unknown) => void
}

/** A decision that is remembered so that it can be explained. */
export interface RememberedDecision extends Pick<ScalerDecision, 'trail' | 'conditions' | 'proposals' | 'limitedBy'> {
  readonly at: Instant
  readonly by: ScaleStep
  readonly from: number
  readonly to: number
}

/** Decisions that changed something, and the last ones of each kind. */
const REMEMBERED = 20

/** One component that is scaled: when it is polled and synced, and what the scaler remembers of it. One step at a time. */
export class ScaledUnit {
  readonly #ports: UnitPorts
  readonly #pods = new PodWatch()
  #component: Component
  #state: ScalerState
  #replicas: readonly ObservedReplica[] = []
  #pollAt: Instant | undefined
  #syncAt: Instant
  #turn: Promise<void> = Promise.resolve()
  /** Ordered, and not begun. */
  readonly #ordered = new Set<ScaleStep>()
  #running = 0
  #shown: Scaled | undefined
  #readings: readonly TriggerReading[] = []
  readonly #last = new Map<ScaleStep, { readonly at: Instant; readonly decision: ScalerDecision }>()
  #history: readonly RememberedDecision[] = []

  constructor(component: Component, known: Scaled | undefined, ports: UnitPorts) {
    this.#ports = ports
    this.#component = component
    const now = ports.clock.now()
    const fresh = initialScaler({ policy: component.scale, nowMs: known?.since ?? now })
    const lastActiveAtMs = known === undefined ? undefined : known.active.length > 0 ? now : known.lastActiveAt
    this.#state = lastActiveAtMs === undefined ? fresh : { ...fresh, lastActiveAtMs, active: (known?.active.length ?? 0) > 0 }
    this.#pollAt = component.scale.by === 'hpa' ? undefined : now
    this.#syncAt = after(now, ports.syncMs)
  }

  get component(): Component {
    return this.#component
  }

  get pollAt(): Instant | undefined {
    return this.#pollAt
  }

  get syncAt(): Instant {
    return this.#syncAt
  }

  get dueAt(): Instant {
    return earliest(this.#pollAt, this.#syncAt) ?? this.#syncAt
  }

  /** No step is under way. */
  get idle(): boolean {
    return this.#running === 0
  }

  get state(): ScalerState {
    return this.#state
  }

  /** Of the last poll or sync. */
  get readings(): readonly TriggerReading[] {
    return this.#readings
  }

  last(step: ScaleStep): ScalerDecision | undefined {
    return this.#last.get(step)?.decision
  }

  lastAt(step: ScaleStep): Instant | undefined {
    return this.#last.get(step)?.at
  }

  get history(): readonly RememberedDecision[] {
    return this.#history
  }

  /** The model was applied again: a changed policy is decided by at once. */
  enter(component: Component, now: Instant): void {
    const changed = !sameValue(component.scale, this.#component.scale)
    this.#component = component
    if (!changed) return
    this.#pollAt = component.scale.by === 'hpa' ? undefined : now
  }

  follow(replicas: readonly ObservedReplica[], state: ControlState, now: Instant): void {
    this.#replicas = replicas
    this.#pods.follow(replicas, state, now)
  }

  /** Somebody waits: polled now instead of with the next poll. */
  wake(by: 'edge' | 'push'): void {
    if (this.#component.scale.by === 'hpa') return
    if (by === 'edge') this.#wakeAtOnce()
    this.#order('poll')
  }

  /**
   * A request waits for nobody else's reading: one active trigger is enough to wake, and others count with what they said last. Nothing else
   * is decided by it: failures and conditions are left to the poll that follows.
   */
  #wakeAtOnce(): void {
    const component = this.#component
    const { near, state: current, signal } = this.#ports
    const state = current()
    if (signal.aborted || !isDecidable(state, component)) return
    const fresh = new Map(near(component).map((reading) => [reading.trigger, reading]))
    const readings = component.scale.triggers.flatMap(
      ({ name }) => fresh.get(name) ?? this.#readings.find(({ trigger, error }) => trigger === name && error === undefined) ?? [],
    )
    const from = specReplicas(component, state)
    const decision = pollScaler(this.#input(readings, state, new Map()))
    if (decision.replicas <= from || decision.active.length === 0) return
    const { lastActiveAtMs, active } = decision.state
    this.#state = { ...this.#state, active, ...(lastActiveAtMs === undefined ? {} : { lastActiveAtMs }) }
    this.#remember('poll', decision, from)
    this.#tell('poll', decision, from)
  }

  /** Runs what is due. A late timer does not shift the rhythm: decisions count in the times at which they were due. */
  run(now: Instant): void {
    if (this.#pollAt !== undefined && this.#pollAt <= now) {
      this.#pollAt = next(this.#pollAt, this.#component.scale.pollMs, now)
      this.#order('poll')
    }
    if (this.#syncAt <= now) {
      const due = this.#syncAt
      this.#syncAt = next(due, this.#ports.syncMs, now)
      this.#order('sync', due)
    }
  }

  /** Once: where readings take longer than a period, steps are left out and do not pile up. */
  #order(step: ScaleStep, due?: Instant): void {
    if (this.#ordered.has(step)) return
    this.#ordered.add(step)
    this.#inTurn(async () => {
      this.#ordered.delete(step)
      await this.#step(step, due)
    })
  }

  #inTurn(work: () => Promise<void>): void {
    this.#running++
    this.#turn = this.#turn
      .then(work)
      .catch((error: unknown) => {
        if (!this.#ports.signal.aborted) this.#ports.failed(error)
      })
      .finally(() => {
        this.#running--
      })
  }

  async #step(step: ScaleStep, due?: Instant): Promise<void> {
    const { gather, usage, signal, state: current } = this.#ports
    if (signal.aborted || !isDecidable(current(), this.#component)) return
    const component = this.#component
    const measured = component.scale.triggers.some(({ from }) => from.by === 'engine')
    const [fresh, used] = await Promise.all([
      gather(component, signal),
      step === 'sync' && measured ? usage(component, this.#replicas, signal) : new Map<ReplicaId, Usage>(),
    ])
    const state = current()
    if (signal.aborted || component !== this.#component || !isDecidable(state, component)) return
    const readings = step === 'sync' ? this.#cached(fresh) : fresh
    const from = specReplicas(component, state)
    const input = { ...this.#input(readings, state, used), ...(due === undefined ? {} : { nowMs: due }) }
    const decision = step === 'poll' ? pollScaler(input) : syncScaler(input)
    this.#readings = readings
    this.#keep(step, decision, from)
    this.#tell(step, decision, from)
  }

  #input(readings: readonly TriggerReading[], state: ControlState, used: ReadonlyMap<ReplicaId, Usage>): ScalerInput {
    const component = this.#component
    return {
      policy: policyOf(component, state),
      state: this.#state,
      readings,
      replicas: specReplicas(component, state),
      statusReplicas: this.#replicas.filter(({ phase }) => phase !== 'exited').length,
      pods: this.#pods.pods(this.#replicas, state, used),
      requests: requestsOf(component),
      nowMs: this.#ports.clock.now(),
    }
  }

  /** A trigger with cached metrics gives the HPA what the last poll saw. */
  #cached(fresh: readonly TriggerReading[]): readonly TriggerReading[] {
    const cached = new Set(this.#component.scale.triggers.filter(({ useCachedMetrics }) => useCachedMetrics).map(({ name }) => name))
    if (cached.size === 0) return fresh
    return fresh.map((reading) =>
      cached.has(reading.trigger) ? (this.#readings.find(({ trigger }) => trigger === reading.trigger) ?? reading) : reading,
    )
  }

  #keep(step: ScaleStep, decision: ScalerDecision, from: number): void {
    this.#state = decision.state
    this.#last.set(step, { at: this.#ports.clock.now(), decision })
    this.#remember(step, decision, from)
  }

  #remember(step: ScaleStep, decision: ScalerDecision, from: number): void {
    if (decision.replicas === from) return
    const { trail, conditions, proposals, limitedBy } = decision
    const remembered = { at: this.#ports.clock.now(), by: step, from, to: decision.replicas, trail, conditions, proposals }
    this.#history = [...this.#history.slice(1 - REMEMBERED), limitedBy === undefined ? remembered : { ...remembered, limitedBy }]
  }

  #failing(): Scaled['failing'] {
    const failing = this.#readings.flatMap(({ trigger, error }) => (error === undefined ? [] : [{ trigger, error }]))
    return failing.length === 0 ? undefined : failing
  }

  #tell(step: ScaleStep, decision: ScalerDecision, from: number): void {
    const { lastActiveAtMs, createdAtMs } = this.#state
    const active = step === 'poll' ? decision.active : (this.#shown?.active ?? [])
    const failing = step === 'poll' ? this.#failing() : this.#shown?.failing
    const same =
      this.#shown !== undefined &&
      decision.replicas === from &&
      sameValue(this.#shown.active, active) &&
      sameValue(
        this.#shown.failing?.map(({ trigger }) => trigger),
        failing?.map(({ trigger }) => trigger),
      )
    if (same) return
    const scaled: Scaled = {
      replicas: decision.replicas,
      since: createdAtMs as Instant,
      active,
      ...(failing === undefined ? {} : { failing }),
      ...(lastActiveAtMs === undefined ? {} : { lastActiveAt: lastActiveAtMs as Instant }),
    }
    this.#shown = scaled
    this.#ports.decided(decision, scaled)
  }
}

/** Nothing is decided while a component is stopped by hand, or before and while the engine cannot be seen. */
export function isDecidable(state: ControlState, { key }: Component): boolean {
  return (
    state.observed !== undefined && state.settleBy === undefined && state.engineDownSince === undefined && !state.manual.stopped.has(key)
  )
}

/** One period after it was due, so that decisions keep their distance; from now on where that is past, as after a sleep of the machine. */
function next(due: Instant, period: Millis, now: Instant): Instant {
  const following = after(due, period)
  return following > now ? following : after(now, period)
}
