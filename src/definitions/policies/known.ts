import { definePolicy } from '../define.ts'
import type { PolicyEntry } from '../definition.ts'
import { anything, fields, integer, list, map, oneOf, openFields, optional, preset, required, type Schema, text } from '../schema.ts'
import { ruleSelector } from './rule-selector.ts'

function known<P>(type: string, why: string, parameters: Schema<P>): PolicyEntry<P> {
  return definePolicy({ kind: 'policy', type, simulation: { level: 'known', why }, parameters })
}

const rules = fields({ rules: optional(list(fields({ selector: required(ruleSelector) }))) })
const OWNERSHIP = 'objects are not shared between applications here'

/** Policies of KubeVela that are accepted and listed, but change nothing. */
export const knownPolicies: readonly PolicyEntry[] = [
  known('shared-resource', OWNERSHIP, rules),
  known('read-only', OWNERSHIP, rules),
  known('take-over', OWNERSHIP, rules),
  known(
    'resource-update',
    'changes are applied as the planner sees fit',
    fields({
      rules: optional(
        list(
          fields({
            selector: required(ruleSelector),
            strategy: required(fields({ op: preset(oneOf('patch', 'replace'), 'patch'), recreateFields: optional(list(text())) })),
          }),
        ),
      ),
    }),
  ),
  known(
    'replication',
    'copies of a component need a definition that uses the replica key, which the built-in types do not',
    fields({ keys: required(list(text())), selector: optional(list(text())) }),
  ),
  known(
    'health',
    'removed from KubeVela in version 1.9; components are always probed',
    fields({ probeTimeout: preset(integer(), 10), probeInterval: preset(integer(), 30) }),
  ),
  known(
    'env-binding',
    'replaced in KubeVela by the policies topology and override',
    fields({ envs: required(list(openFields({ name: required(text()), placement: optional(map(anything())) }))) }),
  ),
  known('debug', 'variables of workflow steps are not kept', map(anything())),
]
