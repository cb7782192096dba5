import type { Engine } from '../../../../src/model/engine.ts'
import { type PodParts, replicaKey } from './parts.ts'
import { removeReplica } from './remove.ts'
import { restartContainer } from './restart.ts'
import { startReplica } from './start.ts'
import { Starts } from './starts.ts'
import { stopReplica } from './stop.ts'

export type ReplicaVerbs = Pick<Engine, 'startReplica' | 'restartApp' | 'stopReplica' | 'removeReplica'>

/** The verbs that change a replica, one after the other; whoever ends it gives up a start that is under way. */
export function replicaVerbs(parts: PodParts): ReplicaVerbs {
  const { turns } = parts
  const starts = new Starts()
  return {
    startReplica: (spec, signal) => {
      const key = replicaKey(spec.ref)
      return starts.begin(key, signal, (either) => turns.alone(key, () => startReplica(parts, spec, either)))
    },
    restartApp: (spec, options, signal) =>
      turns.beside(replicaKey(spec.ref), options.container, () => restartContainer(parts, spec, options, signal)),
    stopReplica: (of, graceMs, signal) => {
      starts.giveUp(replicaKey(of))
      return turns.alone(replicaKey(of), () => stopReplica(parts, of, graceMs, signal))
    },
    removeReplica: (of) => {
      starts.giveUp(replicaKey(of))
      return turns.alone(replicaKey(of), () => removeReplica(parts, of))
    },
  }
}
