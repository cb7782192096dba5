import type { ExecSession } from '../../../../src/model/engine.ts'
import { chooseModel } from './container-options.ts'
import { type OneOffCall, runOneOffInit } from './one-off-container.ts'
import { oneOffNetwork } from './one-off-options.ts'
import { openOneOff } from './one-off-session.ts'
import type { PodParts } from './parts.ts'
import { prepareVolumes } from './prepare-volumes.ts'
import { removeReplica } from './remove.ts'

/**
 * Runs a command in a copy of the component that is on the network by itself, after the init containers of its pod. It and its volumes
 * are gone when the command ends, when it cannot be started, and when the signal comes.
 */
export async function runOnce(parts: PodParts, call: OneOffCall, signal: AbortSignal): Promise<ExecSession> {
  const { context } = parts
  const { spec, options } = call
  const model = chooseModel(spec, options.container)
  const { initContainers } = spec.revision.spec.pod
  // A daemon that died may have left one of this name.
  await removeReplica(parts, spec.ref)
  const remove = (): Promise<void> => removeReplica(parts, spec.ref)
  try {
    const network = await oneOffNetwork(context, spec, signal)
    const { places, cleaned } = await prepareVolumes(context, { spec, containers: [...initContainers, model], purpose: 'volumes' }, signal)
    const oneOff = { ...call, network, places }
    for (const init of initContainers) await runOneOffInit(parts, oneOff, init, signal)
    await cleaned
    return await openOneOff(parts, oneOff, { model, signal, remove })
  } catch (error) {
    await remove()
    throw error
  }
}
