import { rm } from 'node:fs/promises'
import { InternalError } from '../../../src/kernel/fault.ts'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import type { Container } from '../../../src/model/pod.ts'
import { environmentLayout } from '../../process-identity/home-layout.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { commandOf, type ProgramCall, resolveProgram } from './container-command.ts'
import { composeEnvironment } from './container-environment.ts'
import { faults } from './faults.ts'
import { runHook } from './hooks.ts'
import { launch } from './launch.ts'
import { type MountPlaces, mountVariables, runtimeDirectory } from './mounts.ts'
import type { Replica } from './replica.ts'
import { markSecrets } from './secret-marks.ts'

/** Everything needed to start a container's process, or another command in its place. */
export interface PreparedContainer {
  readonly model: Container
  readonly cwd: string
  readonly environment: ReadonlyMap<string, string>
  program(words?: readonly string[]): ProgramCall
}

/** The overlay key that says how a container runs locally. */
function overlayKey(spec: ReplicaSpec, name: string): string {
  const { component, spec: model } = spec.revision
  return model.pod.containers[0]?.name === name ? `components.${component}.run` : `components.${component}.containers.${name}.run`
}

export function modelOf(spec: ReplicaSpec, name: string): Container {
  const { containers, initContainers } = spec.revision.spec.pod
  const model = [...containers, ...initContainers].find((container) => container.name === name)
  if (model === undefined) throw new InternalError(`revision ${spec.revision.id} has no container ${name}`)
  return model
}

export function mountPlaces(replica: Replica, spec: ReplicaSpec): MountPlaces {
  const { environment, id } = replica.record
  const { home } = replica.context
  return {
    namespace: spec.revision.spec.namespace,
    volumes: environmentLayout(home, environment).volumes,
    empty: replica.files.empty,
    runtime: runtimeDirectory(home, environment, id),
  }
}

export async function prepareContainer(replica: Replica, spec: ReplicaSpec, name: string): Promise<PreparedContainer> {
  const model = modelOf(spec, name)
  const { component, spec: whole } = spec.revision
  const { containers } = replica.record
  if (model.process === undefined) throw faults.noProcessForm(component, name, whole.pod.containers[0]?.name === name ? 'app' : 'other')
  const { cwd } = model.process
  const environment = composeEnvironment({
    inherited: replica.context.inherited,
    declared: spec.environmentOf(name),
    ports: containers.find((container) => container.name === name)?.ports ?? [],
    otherPorts: containers.filter((container) => container.name !== name).flatMap(({ ports }) => ports),
    mounts: await mountVariables(model, whole.pod.volumes, mountPlaces(replica, spec)),
    replica: replica.record.id,
    directory: replica.directory,
    container: name,
    cwd,
  })
  const program = (words = commandOf(model, environment)): ProgramCall =>
    resolveProgram(words, {
      cwd,
      path: environment.get('PATH') ?? '',
      subject: `container ${name} of component ${component}`,
      key: overlayKey(spec, name),
    })
  return { model, cwd, environment, program }
}

export interface ContainerStart {
  readonly name: string
  readonly restarts: number
}

/** Starts a container's process and runs its postStart hook. The returned promise inside resolves when the process ended. */
export async function startContainer(
  replica: Replica,
  spec: ReplicaSpec,
  start: ContainerStart,
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> {
  const { name, restarts } = start
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
