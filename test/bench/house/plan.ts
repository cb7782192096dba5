import { instant } from '../../../src/kernel/instant.ts'
import type { Desired } from '../../../src/model/desired.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import type { Observed, ObservedReplica } from '../../../src/model/observed.ts'
import { buildDesired, revisionOf } from '../../../src/plan/desired.ts'
import type { PlanContext } from '../../../src/plan/reconcile/plan-context.ts'
import { planEnvironment } from '../../../src/plan/reconcile/plan-environment.ts'
import { aComponent, anObservation, aReplica } from '../../kit/builders.ts'
import { aContext } from '../../kit/planning.ts'
import { type Goal, interleave, median, type Side } from '../harness.ts'

/** A full pass (resolved components to plan) at rest and in the middle of changing everything. Goals: 5 ms for 100 components, 50 ms for 1,000 replicas. */
export async function measurePlanPass(rounds = 50): Promise<readonly Goal[]> {
  const situations = [
    { name: 'plan: 100 components, first start', components: 100, replicas: 1, observed: 'nothing', atMost: 5 },
    { name: 'plan: 100 components, resolved anew', components: 100, replicas: 1, observed: 'current', anew: true, atMost: 5 },
    { name: 'plan: 100 components, at rest', components: 100, replicas: 1, observed: 'current', atMost: 5 },
    { name: 'plan: 100 components, all changed', components: 100, replicas: 1, observed: 'old', atMost: 5 },
    { name: 'plan: 1,000 replicas, at rest', components: 100, replicas: 10, observed: 'current', atMost: 50 },
    { name: 'plan: 1,000 replicas, all changed', components: 100, replicas: 10, observed: 'old', atMost: 50 },
    { name: 'plan: 1,000 replicas of one component', components: 1, replicas: 1000, observed: 'old', atMost: 50 },
    { name: 'plan: 1,000 replicas, replaced', components: 1, replicas: 1000, observed: 'old', update: 'replace', atMost: 50 },
  ] as const satisfies readonly Situation[]
  const sides = Object.fromEntries(situations.map((situation) => [situation.name, planPass(situation)]))
  const measured = await interleave(sides, { rounds, warmUp: 5 })
  return situations.map(({ name, atMost }) => ({ name, atMost, unit: 'ms', value: median(measured[name] ?? []) }))
}

interface Situation {
  readonly name: string
  readonly components: number
  readonly replicas: number
  readonly observed: 'nothing' | 'current' | 'old'
  readonly update?: 'replace'
  /** The components are new values, so that no hash is remembered. */
  readonly anew?: true
  readonly atMost: number
}

function planPass(situation: Situation): Side {
  const { build, observed, context } = prepare(situation)
  return () => {
    planEnvironment(build(), observed, context)
    return undefined
  }
}

function prepare(situation: Situation): { readonly build: () => Desired; readonly observed: Observed; readonly context: PlanContext } {
  const entries = Array.from({ length: situation.components }, (_, index) => {
    const named = aComponent(`component-${String(index).padStart(3, '0')}`).listens(8000)
    const component = (situation.update === 'replace' ? named.updates({ type: 'replace' }) : named).build()
    return { component, app: 'shop', replicas: situation.replicas, restartToken: 0 }
  })
  const replicas: ObservedReplica[] = []
  if (situation.observed !== 'nothing') {
    for (const { component, replicas: count } of entries) {
      const hash = situation.observed === 'current' ? revisionOf(component, 'shop').hash : 'before'
      for (let ordinal = 0; ordinal < count; ordinal++) replicas.push(aReplica(component.key, hash, ordinal).build())
    }
  }
  const ready = new Set<ReplicaId>(replicas.map(({ id }) => id))
  return {
    build: () => {
      const components = situation.anew ? entries.map((entry) => ({ ...entry, component: { ...entry.component } })) : entries
      return buildDesired({ environment: 'shop', components, services: [] })
    },
    observed: anObservation(replicas),
    context: aContext({ now: instant(60_000), ready }),
  }
}
