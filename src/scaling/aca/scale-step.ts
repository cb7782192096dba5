export interface AcaScaleStepInput {
  readonly currentReplicas: number
  /** The largest wish of all rules. */
  readonly desiredReplicas: number
}

export interface AcaScaleStepResult {
  /** How far one evaluation goes: 1, 4, 8, 16, 32 on the way up, all at once on the way down. */
  readonly replicas: number
  readonly limited: boolean
}

/**
 * One documented step: 1 from nothing, then 4, then 100 % of what runs; down 100 %.
 * Upstream: MicrosoftDocs/azure-docs articles/container-apps/scale-app.md (scale behaviour).
 */
export function acaScaleStep({ currentReplicas, desiredReplicas }: AcaScaleStepInput): AcaScaleStepResult {
  const limit = currentReplicas === 0 ? 1 : Math.max(4, 2 * currentReplicas)
  return { replicas: Math.min(desiredReplicas, limit), limited: desiredReplicas > limit }
}
