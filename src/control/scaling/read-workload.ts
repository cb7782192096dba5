import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { workloadCount } from '../../scaling/readings/kubernetes-workload.ts'
import { appliedComponents } from '../find-component.ts'
import type { ControlState } from '../state.ts'

/** Labels that pods of every component have. Source: KubeVela, labels of rendered workloads. */
const COMPONENT_LABEL = 'app.oam.dev/component'

/** A kubernetes-workload trigger: replicas of the same namespace whose labels fit its selector and that have not ended. All are on one node. */
export function readWorkload({ name, metadata }: ScaleTrigger, component: Component, state: ControlState): TriggerReading {
  const all = appliedComponents(state)
  const pods = (state.observed?.replicas ?? []).flatMap((replica) => {
    const of = all.get(replica.component)?.component
    if (of === undefined || of.namespace !== component.namespace || state.standbys?.get(replica.id) === 'waiting') return []
    const phase = replica.phase === 'exited' && of.run.type === 'to-completion' ? 'Succeeded' : 'Running'
    return [{ labels: { [COMPONENT_LABEL]: of.name, ...of.labels }, phase, node: 'local' }]
  })
  const reading = workloadCount({ pods, podSelector: metadata.podSelector ?? '', groupByNode: metadata.groupByNode === 'true' })
  return reading.error === undefined ? { trigger: name, value: reading.value } : { trigger: name, error: reading.error }
}
