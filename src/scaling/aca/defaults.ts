/**
 * What Azure Container Apps documents about its scaling. All of it is KEDA and an HPA without `behavior`; only the cool-down can be set in
 * a resource, the windows and steps cannot.
 * Upstream: MicrosoftDocs/azure-docs articles/container-apps/scale-app.md.
 */
export const acaDefaults = {
  minReplicas: 0,
  maxReplicas: 10,
  /** What `maxReplicas` may be at most. */
  largestMaxReplicas: 1000,
  /** Not for http and tcp rules, which are counted as they come. */
  pollingIntervalSeconds: 30,
  /** Only for the last step, to the minimum. */
  cooldownPeriodSeconds: 300,
  scaleUpStabilizationWindowSeconds: 0,
  scaleDownStabilizationWindowSeconds: 300,
  /** `concurrentRequests` and `concurrentConnections` of a rule that does not say. */
  concurrency: 10,
  /** An http or tcp rule is evaluated this often, over what came since. */
  ruleWindowSeconds: 15,
} as const
