/** The parts of an `HTTPScaledObject` that end up in the ScaledObject it generates. */
export interface HttpScaledObjectInput {
  readonly name: string
  readonly scaleTargetRef: { readonly name: string; readonly kind?: string; readonly apiVersion?: string }
  readonly replicas?: { readonly min?: number; readonly max?: number }
  /** Seconds, default 300. */
  readonly scaledownPeriod?: number
  /** Seconds, default 0. */
  readonly initialCooldownPeriod?: number
  /** Address of the add-on's scaler. */
  readonly scalerAddress: string
}

/** `spec` of the generated ScaledObject; periods in seconds. */
export interface HttpScaledObjectResult {
  readonly scaleTargetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string }
  readonly pollingInterval: number
  readonly cooldownPeriod: number
  readonly initialCooldownPeriod: number
  readonly minReplicaCount: number
  readonly maxReplicaCount: number
  readonly advanced: { readonly restoreToOriginalReplicaCount: true }
  readonly triggers: readonly [{ readonly type: 'external-push'; readonly metadata: Readonly<Record<string, string>> }]
}

const pollingIntervalSeconds = 15

/**
 * The ScaledObject that stands for an `HTTPScaledObject`: polled every 15 s, scaled down after `scaledownPeriod`, woken by the
 * stream of the add-on's scaler.
 *
 * Source: http-add-on: pkg/k8s/scaledobject.go, NewScaledObject; defaults from operator/apis/http/v1alpha1.
 */
export function httpScaledObject(input: HttpScaledObjectInput): HttpScaledObjectResult {
  const { name, kind, apiVersion } = input.scaleTargetRef
  return {
    scaleTargetRef: { apiVersion: apiVersion ?? 'apps/v1', kind: kind ?? 'Deployment', name },
    pollingInterval: pollingIntervalSeconds,
    cooldownPeriod: input.scaledownPeriod ?? 300,
    initialCooldownPeriod: input.initialCooldownPeriod ?? 0,
    minReplicaCount: input.replicas?.min ?? 0,
    maxReplicaCount: input.replicas?.max ?? 100,
    advanced: { restoreToOriginalReplicaCount: true },
    triggers: [{ type: 'external-push', metadata: { scalerAddress: input.scalerAddress, httpScaledObject: input.name } }],
  }
}
