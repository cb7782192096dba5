import type { FailedProposal } from './proposal.ts'

/** What one container asks for of a resource, in milli-units; absent when it says nothing. */
export interface ContainerRequest {
  readonly name: string
  readonly requestMilli?: number | undefined
}

export interface PodRequestInput {
  readonly pod: string
  readonly resource: string
  /** Containers that run all the time: those of the pod and its init containers that restart, but no other init containers. */
  readonly containers: readonly ContainerRequest[]
  /** For `ContainerResource`: only this one counts. */
  readonly container?: string | undefined
  /** What the pod as a whole asks for; it replaces the sum, but not the request of a named container. */
  readonly podRequestMilli?: number | undefined
}

export interface PodRequestResult {
  readonly requestMilli: number
  readonly error?: undefined
}

/**
 * What utilisation of one pod is measured by. One container without a request leaves the whole pod without one.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (calculateRequests)
 */
export function podRequest(input: PodRequestInput): PodRequestResult | Pick<FailedProposal, 'error'> {
  const { pod, resource, container, podRequestMilli } = input
  if (container === undefined && podRequestMilli !== undefined) return { requestMilli: podRequestMilli }
  const counted = container === undefined ? input.containers : input.containers.filter(({ name }) => name === container)
  if (container !== undefined && counted.length === 0) return { error: `pod ${pod} has no container ${container}` }
  let requestMilli = 0
  for (const { name, requestMilli: part } of counted) {
    if (part === undefined) return { error: `container ${name} of pod ${pod} has no request for ${resource}` }
    requestMilli += part
  }
  return { requestMilli }
}
