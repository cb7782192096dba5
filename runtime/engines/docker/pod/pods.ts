import type { CopyFacet, Engine, ExecFacet, FreezeFacet, Owner, ProcessesFacet, StatsFacet } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import type { Sandboxes } from '../sandbox.ts'
import { copyFacet } from './copy.ts'
import { execFacet } from './exec.ts'
import { freezeFacet } from './freeze.ts'
import { Leftovers } from './leftovers.ts'
import { replicaLogs } from './logs.ts'
import { createParts } from './parts.ts'
import { processesFacet } from './processes.ts'
import { statsFacet } from './stats/stats.ts'
import { type ReplicaVerbs, replicaVerbs } from './verbs.ts'

/** Containers of replicas: the verbs and facets of the engine that are about them. They throw faults and what the SDK throws. */
export interface Pods extends ReplicaVerbs {
  readonly logs: Engine['logs']
  readonly exec: ExecFacet
  readonly freezer: FreezeFacet
  readonly copy: CopyFacet
  readonly processes: ProcessesFacet
  readonly stats: StatsFacet
  /** Ends one-offs that daemons that are gone left in an environment. Does so once; may be called at any time. */
  readonly removeLeftovers: (owner: Owner) => Promise<void>
}

export function createPods(context: DockerContext, sandboxes: Sandboxes): Pods {
  const parts = createParts(context, sandboxes)
  const leftovers = new Leftovers(context)
  const exec = execFacet(parts)
  return {
    ...replicaVerbs(parts),
    logs: (of, options, signal) => replicaLogs(parts, of, options, signal),
    exec: {
      ...exec,
      run: async (spec, options, signal) => {
        await leftovers.remove(spec.ref.owner)
        return exec.run(spec, options, signal)
      },
    },
    freezer: freezeFacet(parts),
    copy: copyFacet(context),
    processes: processesFacet(context),
    stats: statsFacet(context),
    removeLeftovers: (owner) => leftovers.remove(owner),
  }
}
