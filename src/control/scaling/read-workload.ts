import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { appliedComponents } from '../find-component.ts'
import type { ControlState } from '../state.ts'

/** Labels that pods of every component have. Source: KubeVela, labels of rendered workloads. */
const COMPONENT_LABEL = 'app.oam.dev/component'

/**
 * A kubernetes-workload trigger: replicas of the same namespace whose labels fit its selector and that have not ended. Source: KEDA,
 * pkg/scalers/kubernetes_workload_scaler.go, which leaves out pods that have succeeded or failed.
 */
export function readWorkload({ name, metadata }: ScaleTrigger, component: Component, state: ControlState): TriggerReading {
  const wanted = parseSelector(metadata.podSelector ?? '')
  if (typeof wanted === 'string') return { trigger: name, error: wanted }
  const all = appliedComponents(state)
  const counted = (state.observed?.replicas ?? []).filter((replica) => {
    const of = all.get(replica.component)?.component
    if (of === undefined || of.namespace !== component.namespace || replica.phase === 'exited') return false
    const labels = { [COMPONENT_LABEL]: of.name, ...of.labels }
    return wanted.every((fits) => fits(labels))
  })
  return { trigger: name, value: counted.length }
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean

/** `a=b`, `a==b`, `a!=b`, `a in (b, c)`, `a notin (b, c)`, `a`, `!a`, joined by commas. Source: Kubernetes, label selectors. */
function parseSelector(text: string): readonly Requirement[] | string {
  const parts = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? []
  const requirements: Requirement[] = []
  for (const part of parts) {
    const requirement = parseRequirement(part.trim())
    if (requirement === undefined)
      return `podSelector "${text}" is not understood at "${part.trim()}": write for example app=worker,tier!=test`
    requirements.push(requirement)
  }
  return requirements.length === 0 ? 'podSelector is empty: write for example app=worker' : requirements
}

function parseRequirement(part: string): Requirement | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(part)
  if (set !== null) {
    const [, key = '', verb, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    return (labels) => values.includes(labels[key] ?? '') === (verb === 'in')
  }
  const equal = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(part)
  if (equal !== null) {
    const [, key = '', sign, value = ''] = equal
    return (labels) => (labels[key] === value) === (sign !== '!=')
  }
  const exists = /^(!?)\s*([^\s=!()]+)$/.exec(part)
  if (exists === null) return undefined
  const [, not, key = ''] = exists
  return (labels) => key in labels === (not === '')
}
