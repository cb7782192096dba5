import type { SecretValues } from '../model/app-model.ts'
import type { ExecOptions, ExecSession } from '../model/engine.ts'
import { type ReplicaId, replicaId } from '../model/names.ts'
import type { EnvVar } from '../model/pod.ts'
import type { ExecRequest } from '../wire/requests.ts'
import { findComponent } from './find-component.ts'
import type { Machinery } from './machinery.ts'
import { RefusalError } from './ports.ts'
import { replicaSpec } from './replica-specs.ts'

/** Opens a command in a running replica, or in a fresh copy of the component. */
export function openExec(request: ExecRequest, machinery: Machinery, secrets: SecretValues, signal: AbortSignal): Promise<ExecSession> {
  const { engine, owner, shell } = machinery
  const { exec } = engine
  if (exec === undefined)
    throw new RefusalError(503, { code: 'MP4004', message: `the ${engine.name} engine cannot run commands in replicas` })
  const { component } = findComponent(request.component, shell.state)
  const options = execOptions(request)
  if (request.mode === 'exec') return exec.exec({ owner, id: runningReplica(component.key, request.ordinal, machinery) }, options, signal)
  const revision = shell.state.desired.revisions.find((item) => item.revision.component === component.key)?.revision
  if (revision === undefined)
    throw new RefusalError(409, { code: 'MP8010', message: `${component.key} is not simulated; there is nothing to run` })
  const ordinal = machinery.nextOneOff()
  const of = { replica: replicaId(revision.id, ordinal), revision: revision.id, ordinal, restartToken: 0 }
  return exec.run(replicaSpec(of, { state: shell.state, owner, secrets }), options, signal)
}

function execOptions(request: ExecRequest): ExecOptions {
  const origin = { file: 'command line', doc: 0, path: [] }
  const env: readonly EnvVar[] = Object.entries(request.env ?? {}).map(([name, value]) => ({ name, value, origin }))
  return {
    command: request.command,
    env,
    ...(request.container === undefined ? {} : { container: request.container }),
    ...(request.workdir === undefined ? {} : { workdir: request.workdir }),
    ...(request.tty === undefined ? {} : { tty: request.tty }),
  }
}

function runningReplica(component: string, ordinal: number | undefined, machinery: Machinery): ReplicaId {
  const { observed, phases } = machinery.shell.state
  const running = (observed?.replicas ?? [])
    .filter((replica) => replica.component === component && replica.phase === 'running')
    .sort(
      (left, right) => Number(phases.get(right.id) === 'ready') - Number(phases.get(left.id) === 'ready') || left.ordinal - right.ordinal,
    )
  const found = ordinal === undefined ? running[0] : running.find((replica) => replica.ordinal === ordinal)
  if (found !== undefined) return found.id
  const which = ordinal === undefined ? 'no running replica' : `no running replica ${ordinal}`
  throw new RefusalError(409, { code: 'MP8011', message: `${component} has ${which}`, next: `"minipaas ps" shows what runs` })
}
