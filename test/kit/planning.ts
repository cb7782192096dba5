import { instant } from '../../src/kernel/instant.ts'
import type { Desired, DesiredRevision, ImageRenewal, Revision } from '../../src/model/desired.ts'
import type { ReplicaId } from '../../src/model/names.ts'
import type { Observed, ObservedReplica } from '../../src/model/observed.ts'
import type { Plan, StepFailure, StepKey } from '../../src/model/step.ts'
import { imagesOf, volumesOf } from '../../src/plan/desired.ts'
import type { PlanContext } from '../../src/plan/reconcile/plan-context.ts'
import { planEnvironment } from '../../src/plan/reconcile/plan-environment.ts'
import { printPlan } from '../../src/plan/reconcile/print-plan.ts'
import { anObservation, type ReplicaBuilder } from './builders.ts'

/** One revision with a replica count and a restart token. */
export function wanted(revision: Revision, replicas = 1, restartToken = 0): DesiredRevision {
  return { revision, replicas, serving: true, restartToken }
}

/** The environment `shop` with these revisions. */
export function aDesired(...revisions: readonly DesiredRevision[]): Desired {
  return {
    environment: 'shop',
    revisions,
    services: [],
    routes: [],
    published: [],
    networks: revisions.length > 0 ? ['shop'] : [],
    volumes: revisions.flatMap(({ revision }) => volumesOf(revision.spec)),
    images: imagesOf(revisions.map(({ revision }) => revision.spec)),
    pushes: [],
  }
}

/** Time 0, everything that runs is ready, nothing is under way, the engine runs anything and the network is there. */
export function aContext(changes: Partial<PlanContext> = {}): PlanContext {
  return {
    now: instant(0),
    ready: new Set(),
    failing: new Map(),
    drained: new Set(),
    inFlight: new Set(),
    failures: new Map(),
    paused: new Set(),
    capabilities: { runs: 'anything', sandboxes: false, images: false },
    networkReady: true,
    ...changes,
  }
}

export interface Situation extends Partial<Omit<PlanContext, 'ready'>> {
  readonly wanted: readonly DesiredRevision[]
  readonly replicas?: readonly (ReplicaBuilder | ObservedReplica)[]
  /** Absent: every running replica is ready. */
  readonly ready?: readonly ReplicaId[]
  readonly observed?: Partial<Omit<Observed, 'replicas'>>
  /** By full names of images. */
  readonly renewals?: Readonly<Record<string, ImageRenewal>>
}

export function planFor(situation: Situation): Plan {
  const { wanted: revisions, replicas = [], ready, observed: changes, renewals = {}, ...context } = situation
  const desired = aDesired(...revisions)
  const images = desired.images.map((image) => {
    const renewal = renewals[image.name]
    return renewal === undefined ? image : { ...image, renewal }
  })
  const observed = anObservation(replicas, changes)
  const running = observed.replicas.filter(
    ({ phase, containers }) => phase === 'running' && containers.every(({ state }) => state === 'running'),
  )
  return planEnvironment({ ...desired, images }, observed, aContext({ ...context, ready: new Set(ready ?? running.map(({ id }) => id)) }))
}

/** The printed plan, with a leading line break so that it reads well beside a template text. */
export function planText(situation: Situation): string {
  return `\n${printPlan(planFor(situation))}`
}

export function stepKeys(...keys: readonly string[]): ReadonlySet<StepKey> {
  return new Set(keys as readonly StepKey[])
}

export function aFailure(changes: Partial<StepFailure> & { readonly retry?: StepFailure['fault']['retry'] } = {}): StepFailure {
  const { retry = 'backoff', ...rest } = changes
  return { count: 1, lastAt: instant(0), fault: { kind: 'unavailable', code: 'MP4001', message: 'port taken', retry }, ...rest }
}
