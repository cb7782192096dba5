import { acaDefaults } from './defaults.ts'

export interface AcaImplicitRuleInput {
  /** How many rules the app has. */
  readonly rules: number
  readonly ingress: boolean
  readonly minReplicas: number
}

export interface AcaImplicitRuleResult {
  /** The rule that the platform adds by itself. */
  readonly rule?: { readonly type: 'http'; readonly concurrentRequests: number }
  /** Nothing could ever wake the app. */
  readonly stuckAtZero: boolean
  readonly because: string
}

/**
 * The rule of an app that has none: an http rule when there is ingress; otherwise nothing, and an app that may go to 0 stays there.
 * Upstream: MicrosoftDocs/azure-docs articles/container-apps/scale-app.md (default scale rule).
 */
export function acaImplicitRule({ rules, ingress, minReplicas }: AcaImplicitRuleInput): AcaImplicitRuleResult {
  if (rules > 0) return { stuckAtZero: false, because: 'the app has rules of its own' }
  if (ingress) {
    const rule = { type: 'http', concurrentRequests: acaDefaults.concurrency } as const
    return {
      rule,
      stuckAtZero: false,
      because: `no rule, but ingress: an http rule with ${acaDefaults.concurrency} concurrent requests is implied`,
    }
  }
  if (minReplicas > 0) return { stuckAtZero: false, because: `no rule and no ingress: it stays at minReplicas (${minReplicas})` }
  return { stuckAtZero: true, because: 'no rule and no ingress: at 0 replicas nothing can start it; set minReplicas to 1, or add a rule' }
}
