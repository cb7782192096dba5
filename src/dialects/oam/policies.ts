import type { ApplyOnceParameters, GarbageCollectParameters, TopologyParameters } from '../../definitions/policies/simulated.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { Policy } from '../../model/app-model.ts'
import type { Use } from '../../model/use.ts'
import type { TypeCheck } from '../type-check.ts'
import { useOf } from './components.ts'
import type { PolicyText } from './schema.ts'

/** A policy with its parameters: placement needs those of topology and override. */
export interface WrittenPolicy {
  readonly policy: Policy
  readonly use: Use
  /** Parameters with presets, as its definition checked them. */
  readonly checked: unknown
}

/** The only cluster there is. */
export const LOCAL_CLUSTER = 'local'

export function lowerPolicies(policies: readonly PolicyText[], application: Origin, types: TypeCheck): WrittenPolicy[] {
  const written: WrittenPolicy[] = []
  const first = new Map<string, Origin>()
  for (const [index, text] of policies.entries()) {
    const origin = within(application, 'spec', 'policies', index)
    const name = text.name ?? text.type
    const earlier = first.get(name)
    if (earlier !== undefined) types.add(repeated(name, within(origin, 'name'), within(earlier, 'name')))
    else first.set(name, origin)
    const use = useOf(text.type, text.properties, origin)
    const found = types.check('policy', use)
    const common = { name, origin }
    if (found === undefined) {
      // Kept by name: what refers to a policy with errors is not wrong itself.
      written.push({
        policy: { ...common, type: 'not-simulated', written: text.type, why: 'the policy has errors' },
        use,
        checked: undefined,
      })
      continue
    }
    const policy: Policy =
      found.notSimulated === undefined
        ? meaning(text.type, found.value, common)
        : { ...common, type: 'not-simulated', written: text.type, why: found.notSimulated }
    written.push({ policy, use, checked: found.value })
    types.add(...checkClusters(policy))
  }
  return written
}

function repeated(name: string, origin: Origin, earlier: Origin): Diagnostic {
  return {
    code: 'MP3103',
    severity: 'error',
    message: `two policies are called "${name}"`,
    origin,
    related: [{ message: `first written`, origin: earlier }],
    hint: 'give each policy a name of its own',
  }
}

function meaning(type: string, checked: unknown, common: { readonly name: string; readonly origin: Origin }): Policy {
  const base = type.split('@')[0]
  if (base === 'topology') {
    const { clusters, namespace } = checked as TopologyParameters
    const topology = { ...common, type: 'topology', clusters: clusters ?? [] } as const
    return namespace === undefined || namespace === '' ? topology : { ...topology, namespace }
  }
  if (base === 'override') return { ...common, type: 'override' }
  if (base === 'garbage-collect') {
    const { keepLegacyResource, order, rules } = checked as GarbageCollectParameters
    return {
      ...common,
      type: 'garbage-collect',
      keepLegacyResource,
      order: order ?? 'none',
      rules: rules.map(({ selector, strategy }) => ({ selector, strategy })),
    }
  }
  if (base === 'apply-once') {
    const { enable, rules } = checked as ApplyOnceParameters
    return { ...common, type: 'apply-once', enable, rules: rules.map(applyOnceRule) }
  }
  return { ...common, type: 'not-simulated', written: type, why: 'a policy of a plugin: it is accepted and nothing happens' }
}

type ApplyOnceRule = Extract<Policy, { type: 'apply-once' }>['rules'][number]

function applyOnceRule({ selector, strategy }: ApplyOnceParameters['rules'][number]): ApplyOnceRule {
  return selector === undefined ? strategy : { ...strategy, selector }
}

function checkClusters(policy: Policy): Diagnostic[] {
  if (policy.type !== 'topology') return []
  return policy.clusters.flatMap((cluster, index): Diagnostic[] =>
    cluster === LOCAL_CLUSTER ? [] : [unknownCluster(cluster, within(policy.origin, 'properties', 'clusters', index))],
  )
}

export function unknownCluster(cluster: string, origin: Origin): Diagnostic {
  const message = `there is no cluster "${cluster}": only "${LOCAL_CLUSTER}" is known here`
  return { code: 'MP3111', severity: 'error', message, origin, hint: `write ${LOCAL_CLUSTER}, or leave the clusters out` }
}
