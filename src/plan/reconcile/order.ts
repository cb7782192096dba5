import { InternalError } from '../../kernel/fault.ts'
import type { Step, StepKey } from '../../model/step.ts'

/**
 * Steps so that each comes after all it needs, otherwise in the order they were asked for. A step that needs a blocked one,
 * directly or not, is left out: a need that is not in the plan would count as met.
 */
export function orderSteps(steps: ReadonlyMap<StepKey, Step>, blocked: ReadonlySet<StepKey>): readonly Step[] {
  const state = new Map<StepKey, 'open' | 'done' | 'dropped'>()
  const ordered: Step[] = []
  // Not recursive: a rolling update of thousands of replicas is one chain as long as all its steps.
  for (const root of steps.keys()) {
    const path: StepKey[] = [root]
    while (path.length > 0) {
      const key = path[path.length - 1] as StepKey
      const step = steps.get(key)
      const known = state.get(key)
      if (known === 'done' || known === 'dropped' || step === undefined) {
        if (step === undefined && !blocked.has(key)) throw new InternalError(`step "${key}" is needed but neither planned nor held`)
        path.pop()
        continue
      }
      const waiting = step.needs.find((need) => steps.has(need) && state.get(need) !== 'done' && state.get(need) !== 'dropped')
      if (waiting !== undefined) {
        if (state.get(waiting) === 'open') throw new InternalError(`steps need each other: "${waiting}" and "${key}"`)
        state.set(key, 'open')
        path.push(waiting)
        continue
      }
      const unmet = step.needs.find((need) => !steps.has(need))
      if (unmet !== undefined && !blocked.has(unmet)) throw new InternalError(`step "${unmet}" is needed but neither planned nor held`)
      const dropped = step.needs.some((need) => !steps.has(need) || state.get(need) === 'dropped')
      state.set(key, dropped ? 'dropped' : 'done')
      if (!dropped) ordered.push(step)
      path.pop()
    }
  }
  return ordered
}
