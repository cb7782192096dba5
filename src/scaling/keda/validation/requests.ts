import { problem, result, type ValidationResult } from './scaling-problem.ts'
import { isResourceTrigger, type TriggerSpec } from './trigger-spec.ts'

export interface ValidateRequestsInput {
  readonly triggers: readonly (TriggerSpec & { readonly containerName?: string })[]
  /** The containers of the target. A limit without a request counts as one, as in the cluster. */
  readonly containers: readonly { readonly name: string; readonly cpuMilli?: number; readonly memoryBytes?: number }[]
}

/**
 * A cpu or memory trigger divides by what containers request: each container that it looks at needs a request above 0.
 * Upstream: apis/keda/v1alpha1/scaledobject_webhook.go (verifyCPUMemoryScalers).
 */
export function validateRequests({ triggers, containers }: ValidateRequestsInput): ValidationResult {
  return result(
    triggers.flatMap((trigger, index) => {
      if (!isResourceTrigger(trigger)) return []
      const { type, containerName = '' } = trigger
      return containers
        .filter(({ name }) => containerName === '' || name === containerName)
        .filter((container) => ((type === 'cpu' ? container.cpuMilli : container.memoryBytes) ?? 0) <= 0)
        .map(({ name }) => {
          const message = `the ${type} trigger needs a ${type} request, and container "${name}" has none`
          return problem('missing-request', 'error', `triggers[${index}]`, message, `give it resources.requests.${type}`)
        })
    }),
  )
}
