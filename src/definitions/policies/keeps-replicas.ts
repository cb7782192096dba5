import type { Policy } from '../../model/app-model.ts'

type ApplyOnce = Extract<Policy, { type: 'apply-once' }>

/**
 * Whether an apply-once policy leaves the replica count of a component alone at this occasion. Source: KubeVela, apply-once: the whole
 * application, or rules whose paths cover spec.replicas and whose `affect` names the occasion (`always` names both).
 */
export function keepsReplicas(policies: readonly Policy[], component: string, occasion: 'onUpdate' | 'onStateKeep'): boolean {
  const enabled = policies.filter((policy): policy is ApplyOnce => policy.type === 'apply-once' && policy.enable)
  return enabled.some((policy) => policy.rules.length === 0 || policy.rules.some((rule) => covers(rule, component, occasion)))
}

function covers(rule: ApplyOnce['rules'][number], component: string, occasion: 'onUpdate' | 'onStateKeep'): boolean {
  if (rule.affect !== 'always' && rule.affect !== occasion) return false
  const { selector } = rule
  if (selector?.componentNames !== undefined && !selector.componentNames.includes(component)) return false
  if (selector?.resourceTypes !== undefined && !selector.resourceTypes.includes('Deployment')) return false
  return rule.path.some((path) => path === '*' || path === 'spec' || path === 'spec.replicas')
}
