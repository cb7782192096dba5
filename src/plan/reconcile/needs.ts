import type { Need } from '../../model/component.ts'
import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ComponentWorld } from './component-world.ts'
import { judgeJob } from './job-state.ts'
import type { PlanContext } from './plan-context.ts'

export interface NeedsView {
  readonly wanted: ReadonlyMap<ComponentKey, DesiredRevision>
  readonly worlds: ReadonlyMap<ComponentKey, ComponentWorld>
  readonly context: PlanContext
}

/** Needs that are not met yet, in words: `cache ready`. */
export function unmetNeeds(needs: readonly Need[], view: NeedsView): readonly string[] {
  return needs.filter((need) => !isMet(need, view)).map((need) => `${need.on} ${need.until}`)
}

function isMet(need: Need, view: NeedsView): boolean {
  const wanted = view.wanted.get(need.on)
  if (wanted === undefined) return false
  const replicas = (view.worlds.get(need.on)?.observed ?? []).filter((replica) => replica.revision === wanted.revision.id)
  const { run } = wanted.revision.spec
  if (run.type === 'to-completion') {
    const job = judgeJob(wanted.revision.spec, replicas)
    if (need.until === 'started') return job.active.length + job.succeeded.length > 0
    return job.succeeded.length >= run.completions
  }
  // Stopped or scaled to zero is as it should be. Source: KubeVela, health of a Deployment with replicas = ready = 0.
  if (wanted.replicas === 0) return true
  switch (need.until) {
    case 'started':
      return replicas.some((replica) => replica.phase === 'running')
    case 'ready':
    case 'completed':
      return replicas.filter((replica) => view.context.ready.has(replica.id)).length >= wanted.replicas
  }
}
