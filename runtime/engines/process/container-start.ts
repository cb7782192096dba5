import { rm } from 'node:fs/promises'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { markSecrets } from '../shared/secret-marks.ts'
import { overlayKey, prepareContainer } from './container-prepare.ts'
import { faults } from './faults.ts'
import { runHook } from './hooks.ts'
import { launch } from './launch.ts'
import type { Replica } from './replica.ts'

export interface ContainerStart {
  readonly spec: ReplicaSpec
  readonly name: string
  readonly restarts: number
}

/** Starts a container's process and runs its postStart hook. The returned promise inside resolves when the process ended. */
export async function startContainer(
  replica: Replica,
  start: ContainerStart,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> {
  const { spec, name, restarts } = start
  const prepared = await prepareContainer(replica, spec, name)
  const { model, cwd, environment } = prepared
  const call = prepared.program()
  const { clock } = replica.context
  const exitFile = replica.files.exit(name, restarts)
  if (restarts > 0) await rm(replica.files.exit(name, restarts - 1), { force: true })
  signal.throwIfAborted()
  const startedAt = clock.now()
  const { identity, ended } = await launch({
    ...call,
    cwd,
    environment,
    out: replica.files.log(name, 'out'),
    err: replica.files.log(name, 'err'),
    exitFile,
  }).catch((error: unknown) => {
    const why = messageOf(error)
    throw faults.cannotRun(`container ${name}`, why, `check ${overlayKey(spec, name)} in minipaas.yaml`)
  })
  // Whoever started the container writes the record once more and waits for that; a failure shows there.
  replica.updateContainer(name, { process: identity, startedAt, restarts }).catch(() => {})
  replica.started(name, ended)
  const hook = model.lifecycle.postStart
  if (hook !== undefined) {
    const ports = replica.record.containers.flatMap((container) => container.ports)
    try {
      await runHook({ hook, container: name, context: { cwd, environment: new Map(environment) }, ports, clock }, signal)
    } catch (error) {
      signal.throwIfAborted()
      const why = messageOf(error)
      throw faults.hookFailed(name, markSecrets(why, model, environment))
    }
  }
  return { ended }
}
