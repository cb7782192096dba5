import type { Component } from '../../model/component.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import type { ComponentLoad, LoadPlan } from '../load/load-types.ts'
import { type RunOptions, runComponent } from './component-run.ts'
import type { RunResult } from './result-types.ts'

/** Steps of a timeline, about: the shortest step is that of the HPA. */
const STEPS = 720
const SHORTEST_STEP_MICROS = 15_000_000
const NO_LOAD: ComponentLoad = { load: [], queues: [], readings: new Map() }

export interface SimulateInput extends Omit<RunOptions, 'stepMicros'> {
  readonly components: readonly Component[]
  readonly plan: LoadPlan
  /** In place of the component's own. */
  readonly policyOf?: (component: Component) => ScalePolicy
  readonly whatIf?: string
}

/** Runs all components, one after the other: each has its own load, replicas and scaler. The same input gives the same result to the last bit. */
export function simulate(input: SimulateInput): RunResult {
  const { components, plan, policyOf, whatIf, ...options } = input
  const stepMicros = stepOf(options.endMicros)
  const results = components.map((component) => {
    const load = plan.components.get(component.name) ?? plan.components.get('*') ?? NO_LOAD
    return runComponent(component, policyOf?.(component) ?? component.scale, load, { ...options, stepMicros })
  })
  return { ...(whatIf === undefined ? {} : { whatIf }), components: results }
}

/** A whole number of syncs, so that the size of a result does not depend on how long the run is. */
function stepOf(endMicros: number): number {
  return SHORTEST_STEP_MICROS * Math.max(1, Math.ceil(endMicros / STEPS / SHORTEST_STEP_MICROS))
}
