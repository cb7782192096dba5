import { InternalError } from '../../kernel/fault.ts'
import type { ScaleView } from '../../wire/scale-view.ts'
import { jobScaleView } from './job-scale-view.ts'
import { scaleView } from './scale-view.ts'
import { scaledComponent } from './scaler-commands.ts'
import type { Scalers } from './scalers.ts'

/** How a component is scaled, by its key or name; throws a refusal where nothing scales it. */
export function viewOf(name: string, scalers: Scalers, context: Parameters<typeof scaleView>[1]): ScaleView {
  const { key } = scaledComponent(name, context.state)
  const jobs = scalers.jobs(key)
  if (jobs !== undefined) return jobScaleView(jobs, context)
  const unit = scalers.unit(key)
  if (unit === undefined) throw new InternalError(`no scaler was made for ${key}`)
  return scaleView(unit, context)
}
