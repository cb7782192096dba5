import type { SecretValues } from '../model/app-model.ts'
import type { ExecOptions, ExecSession } from '../model/engine.ts'
import { replicaId } from '../model/names.ts'
import type { EnvVar } from '../model/pod.ts'
import type { ExecRequest } from '../wire/requests.ts'
import { findComponent } from './find-component.ts'
import type { Machinery } from './machinery.ts'
import { pickRunning } from './pick-replica.ts'
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
  if (request.mode === 'exec') {
    const { ordinal, container } = request
    const { id } = pickRunning({ component: component.key, ordinal, container }, shell.state)
    return exec.exec({ owner, id }, options, signal)
  }
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
