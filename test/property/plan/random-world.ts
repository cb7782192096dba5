import { after, type Instant, instant } from '../../../src/kernel/instant.ts'
import type { Desired, DesiredRevision } from '../../../src/model/desired.ts'
import type { ComponentKey, ReplicaId } from '../../../src/model/names.ts'
import type { Observed, ObservedReplica } from '../../../src/model/observed.ts'
import type { Plan, StandbyRole, Step, StepFailure, StepKey } from '../../../src/model/step.ts'
import type { PlanContext } from '../../../src/plan/reconcile/plan-context.ts'
import { aComponent, anObservation, anObservedContainer, aRevision } from '../../kit/builders.ts'
import { aContext, aDesired, aFailure, wanted } from '../../kit/planning.ts'

export interface Wish {
  readonly hash: string
  readonly replicas: number
  readonly token: number
  /** Replicas that stand by; none for jobs. */
  readonly standby?: number
}

export interface Shape {
  readonly name: string
  readonly kind: 'rolling' | 'replace' | 'job' | 'job-in-place'
  readonly surge: number
  readonly unavailable: number
  readonly needs: readonly string[]
}

export type PlanFn = (desired: Desired, observed: Observed, context: PlanContext) => Plan

interface Flight {
  readonly step: Step
  readonly done: boolean
}

/**
 * A world that the planner must keep in order: an engine whose observation lags behind, steps that end in any order or fail,
 * containers that crash, readiness that comes and goes, and a user who edits. It launches the frontier of each plan.
 */
export class RandomWorld {
  now: Instant = instant(1_000_000)
  readonly actual = new Map<ReplicaId, ObservedReplica>()
  readonly readyIds = new Set<ReplicaId>()
  readonly drained = new Set<ReplicaId>()
  readonly inFlight = new Map<StepKey, Flight>()
  readonly failures = new Map<StepKey, StepFailure>()
  readonly launched: Step[] = []
  standbys: ReadonlyMap<ReplicaId, StandbyRole> = new Map()
  network = false
  observed: Observed = anObservation([], { networks: [] })
  readonly #shapes: readonly Shape[]
  readonly #wishes = new Map<string, Wish | undefined>()
  readonly #plan: PlanFn

  constructor(shapes: readonly Shape[], plan: PlanFn) {
    this.#shapes = shapes
    this.#plan = plan
    for (const { name } of shapes) this.#wishes.set(name, { hash: 'aaa', replicas: 1, token: 0 })
  }

  has(name: string): boolean {
    return this.#wishes.has(name)
  }

  wish(name: string): Wish | undefined {
    return this.#wishes.get(name)
  }

  edit(name: string, wish: Wish | undefined): void {
    this.#wishes.set(name, wish)
  }

  desired(): Desired {
    return aDesired(...this.#shapes.flatMap((shape) => this.#revision(shape)))
  }

  #revision(shape: Shape): readonly DesiredRevision[] {
    const wish = this.#wishes.get(shape.name)
    if (wish === undefined) return []
    let component = aComponent(shape.name)
    for (const need of shape.needs) component = component.needs(need, 'ready')
    if (shape.kind === 'rolling')
      component = component.updates({ type: 'rolling', surge: { count: shape.surge }, unavailable: { count: shape.unavailable } })
    else if (shape.kind === 'replace') component = component.updates({ type: 'replace' })
    else
      component = component.runsOnce({
        parallelism: 2,
        completions: 3,
        backoffLimit: 4,
        restart: shape.kind === 'job' ? 'never' : 'on-failure',
      })
    const revision = aRevision(component, wish.hash)
    if (shape.kind.startsWith('job')) return [wanted(revision, Math.min(1, wish.replicas), wish.token)]
    return [{ ...wanted(revision, wish.replicas, wish.token), ...(wish.standby === undefined ? {} : { standby: wish.standby }) }]
  }

  shape(name: string): Shape {
    const shape = this.#shapes.find((candidate) => candidate.name === name)
    if (shape === undefined) throw new Error(`no component ${name}`)
    return shape
  }

  context(): PlanContext {
    const draining = new Set(this.drained)
    for (const { step } of this.inFlight.values()) {
      const { action } = step
      if (action.do === 'drainReplica' || action.do === 'removeReplica' || action.do === 'restartApp') draining.add(action.replica)
    }
    const seen = new Set(
      this.observed.replicas
        .filter(({ phase, containers }) => phase === 'running' && containers.every((c) => c.state === 'running'))
        .map(({ id }) => id),
    )
    const frozen = new Set(this.observed.replicas.filter((replica) => replica.frozen).map(({ id }) => id))
    const fit = [...this.readyIds].filter((id) => seen.has(id) && !draining.has(id) && !frozen.has(id))
    return aContext({
      now: this.now,
      ready: new Set(fit.filter((id) => !this.waits(id))),
      warm: new Set(fit.filter((id) => this.waits(id))),
      standbys: this.standbys,
      capabilities: { runs: 'anything', sandboxes: false, images: false, freezes: true },
      drained: this.drained,
      inFlight: this.inFlight,
      failures: this.failures,
      networkReady: this.network,
    })
  }

  /** Stands by: neither wanted nor in anybody's way. */
  waits(id: string): boolean {
    return this.standbys.get(id as ReplicaId) === 'waiting'
  }

  plan(): Plan {
    return this.#plan(this.desired(), this.observed, this.context())
  }

  /** Looks at the engine; steps that ended before are over now. */
  observe(): void {
    this.observed = anObservation([...this.actual.values()], { at: this.now, networks: this.network ? ['shop'] : [] })
    for (const [key, { done }] of this.inFlight) if (done) this.inFlight.delete(key)
    for (const id of this.drained) if (!this.actual.has(id)) this.drained.delete(id)
  }

  /** Takes every step that waits for nothing; gives up drains that nobody wants any more. */
  launch(plan: Plan): readonly Step[] {
    this.standbys = plan.standbys ?? new Map()
    const planned = new Set(plan.steps.map(({ key }) => key))
    for (const [key, { step, done }] of this.inFlight) {
      if (!planned.has(key) && !done && step.action.do === 'drainReplica') this.inFlight.delete(key)
    }
    const removing = new Set(plan.steps.map(({ action }) => (action.do === 'removeReplica' ? action.replica : undefined)))
    for (const id of this.drained) if (!removing.has(id)) this.drained.delete(id)
    const started = plan.steps.filter(
      ({ key, action, needs }) => needs.length === 0 && action.do !== 'awaitReady' && !this.inFlight.has(key),
    )
    for (const step of started) this.inFlight.set(step.key, { step, done: false })
    this.launched.push(...started)
    return started
  }

  running(): readonly Step[] {
    return [...this.inFlight.values()].filter(({ done }) => !done).map(({ step }) => step)
  }

  fail(step: Step): void {
    this.inFlight.delete(step.key)
    const count = (this.failures.get(step.key)?.count ?? 0) + 1
    this.failures.set(step.key, aFailure({ count, lastAt: this.now }))
  }

  finish(step: Step): void {
    this.inFlight.set(step.key, { step, done: true })
    this.failures.delete(step.key)
    const { action } = step
    if (action.do === 'ensureNetwork') this.network = true
    else if (action.do === 'removeNetwork') this.network = false
    else if (action.do === 'startReplica') this.#start(action.replica, { ...action, component: step.group as ComponentKey })
    else if (action.do === 'drainReplica') this.drained.add(action.replica)
    else if (action.do === 'removeReplica') {
      this.actual.delete(action.replica)
      this.readyIds.delete(action.replica)
    } else if (action.do === 'freezeReplica' || action.do === 'thawReplica') {
      this.#change(action.replica, (replica) => ({ ...replica, frozen: action.do === 'freezeReplica' }))
    } else if (action.do === 'restartApp') {
      this.#change(action.replica, (replica) => ({
        ...replica,
        frozen: false,
        phase: 'running',
        restartToken: action.token,
        containers: replica.containers.map((container) => ({
          ...anObservedContainer(container.name, { startedAt: this.now, since: this.now }),
          restarts: container.restarts + 1,
        })),
      }))
      this.readyIds.delete(action.replica)
    }
  }

  crash(id: ReplicaId, exitCode: number): void {
    this.#change(id, (replica) => {
      if (replica.phase !== 'running') return replica
      const containers = replica.containers.map((container) => ({ ...container, state: 'exited' as const, exitCode, since: this.now }))
      return { ...replica, phase: 'exited', since: this.now, containers }
    })
    this.readyIds.delete(id)
  }

  /** The engine loses everything but the name of a replica. */
  lose(id: ReplicaId): void {
    this.#change(id, (replica) => ({ ...replica, phase: 'exited', containers: [] }))
    this.readyIds.delete(id)
  }

  setReady(id: ReplicaId, verdict: 'ready' | 'unready'): void {
    if (verdict === 'unready') this.readyIds.delete(id)
    else if (this.actual.get(id)?.phase === 'running') this.readyIds.add(id)
  }

  advance(ms: number): void {
    this.now = after(this.now, ms)
  }

  #start(id: ReplicaId, spec: Pick<ObservedReplica, 'revision' | 'ordinal' | 'restartToken' | 'component'>): void {
    if (this.actual.has(id)) return
    const container = anObservedContainer(spec.component, { startedAt: this.now, since: this.now })
    const { revision, ordinal, restartToken, component } = spec
    this.actual.set(id, {
      ...{ id, app: 'shop', component, revision, ordinal, phase: 'running', since: this.now, restartToken },
      ...{ pushToken: 0, frozen: false, containers: [container] },
    })
  }

  #change(id: ReplicaId, change: (replica: ObservedReplica) => ObservedReplica): void {
    const replica = this.actual.get(id)
    if (replica !== undefined) this.actual.set(id, change(replica))
  }
}
