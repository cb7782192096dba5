import { InternalError } from '../../../src/kernel/fault.ts'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import type { Container } from '../../../src/model/pod.ts'
import { environmentLayout } from '../../process-identity/home-layout.ts'
import { commandOf, type ProgramCall, resolveProgram } from './container-command.ts'
import { composeEnvironment } from './container-environment.ts'
import { faults } from './faults.ts'
import { type MountPlaces, mountVariables, runtimeDirectory } from './mounts.ts'
import type { Replica } from './replica.ts'

/** Everything needed to start a container's process, or another command in its place. */
export interface PreparedContainer {
  readonly model: Container
  readonly cwd: string
  readonly environment: ReadonlyMap<string, string>
  program(words?: readonly string[]): ProgramCall
}

/** The overlay key that says how a container runs locally. */
export function overlayKey(spec: ReplicaSpec, name: string): string {
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
