import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean, nearestName } from '../../kernel/nearest.ts'

/** Annotations that the scaler reads. Source: KEDA, scaledobject_types.go. */
const READ = ['paused', 'paused-replicas', 'paused-scale-in', 'paused-scale-out', 'force-activation'].map(
  (name) => `autoscaling.keda.sh/${name}`,
)

const NO_HPA = 'no HorizontalPodAutoscaler object is made here, so there is none to take over or to label'

/** Annotations of KEDA that have no effect here. */
const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map([
  ['scaledobject.keda.sh/transfer-hpa-ownership', NO_HPA],
  ['scaledobject.keda.sh/hpa-excluded-labels', NO_HPA],
  ['validations.keda.sh/hpa-ownership', NO_HPA],
  ['scaledjob.keda.sh/job-excluded-labels', 'labels of a ScaledJob are for display, and none is copied to its jobs'],
  ['httpscaledobject.keda.sh/orphan-scaledobject', 'removing an HTTPScaledObject here gives the component its own number back'],
])

/** On an HTTPScaledObject: a ScaledObject of the user's own asks for what it counts. */
export const SKIP_SCALED_OBJECT = 'httpscaledobject.keda.sh/skip-scaledobject-creation'

/** Annotations of KEDA that are misspelt, have no effect, or say no number. */
export function checkScalingAnnotations(annotations: Readonly<Record<string, string>>, metadata: Origin): readonly Diagnostic[] {
  return Object.entries(annotations).flatMap(([key, value]): Diagnostic[] => {
    const origin = within(metadata, 'annotations', key)
    const without = WITHOUT_EFFECT.get(key)
    if (without !== undefined) return [{ code: 'MP1033', severity: 'note', message: `${key}: ${without}`, origin, mark: 'key' }]
    if (key === 'autoscaling.keda.sh/paused-replicas' && !/^\+?\d+$/.test(value)) {
      const message = `"${key}" must be a whole number, found "${value}"`
      return [{ code: 'MP1030', severity: 'error', message, origin }]
    }
    const misspelt = READ.includes(key) ? undefined : nearestName(key, READ)
    if (misspelt === undefined && !(key.startsWith('autoscaling.keda.sh/') && !READ.includes(key))) return []
    const hint = didYouMean(key, READ) ?? `known: ${READ.join(', ')}`
    return [
      { code: 'MP1032', severity: 'warning', message: `"${key}" is no annotation of KEDA and has no effect`, origin, mark: 'key', hint },
    ]
  })
}
