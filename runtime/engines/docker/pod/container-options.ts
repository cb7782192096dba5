import type { ReplicaSpec, ResolvedEnv } from '../../../../src/model/engine.ts'
import type { ContainerRole } from '../../../../src/model/observed.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { expandVariables } from '../../shared/expand-variables.ts'
import type { CreateBody } from '../containers.ts'
import { faults } from '../faults.ts'
import type { Labels } from '../labels.ts'
import type { ContainerMounts } from './mounts.ts'
import { resourceOptions } from './resources.ts'

export interface ContainerOrder {
  readonly model: Container
  readonly environment: ResolvedEnv
  readonly labels: Labels
  /** `container:<id of the sandbox>`, or a network. */
  readonly networkMode: string
  /** Id of the container whose hostname it has; for engines that do not give it together with the network. */
  readonly hostnameOf?: string
  readonly mounts: ContainerMounts
  readonly graceMs: number
}

/** The model of a container of a pod, with what it is for; undefined when there is none of that name. */
export function findModel(spec: ReplicaSpec, name: string): { readonly model: Container; readonly role: ContainerRole } | undefined {
  const { containers, initContainers } = spec.revision.spec.pod
  const init = initContainers.find((container) => container.name === name)
  if (init !== undefined) return { model: init, role: 'init' }
  const index = containers.findIndex((container) => container.name === name)
  const model = containers[index]
  return model === undefined ? undefined : { model, role: index === 0 ? 'app' : 'sidecar' }
}

/** The model of the named container, or of the application; a fault when there is none. */
export function chooseModel(spec: ReplicaSpec, name?: string): Container {
  const { containers } = spec.revision.spec.pod
  const found = name === undefined ? containers[0] : findModel(spec, name)?.model
  if (found !== undefined) return found
  throw faults.noContainer(
    spec.ref,
    name ?? 'app',
    containers.map((container) => container.name),
  )
}

/** A container as the engine is asked to create it. */
export function containerOptions(order: ContainerOrder): CreateBody {
  const { model, environment, labels, networkMode, hostnameOf, mounts, graceMs } = order
  return {
    // What an old revision ran is what it goes on with, also after the name has moved on.
    Image: model.image.id ?? model.image.ref,
    ...commandOptions(model, environment),
    ...(model.workdir === undefined ? {} : { WorkingDir: model.workdir }),
    Env: environmentOption(environment),
    Labels: { ...labels },
    // Kubernetes does not know the check of an image; probes are the edge's, and a check costs a process every time.
    Healthcheck: { Test: ['NONE'] },
    // For a `docker stop` from outside; this engine counts the grace itself.
    StopTimeout: Math.ceil(graceMs / 1000),
    HostConfig: {
      NetworkMode: networkMode,
      ...(hostnameOf === undefined ? {} : { UTSMode: `container:${hostnameOf}` }),
      // A program that is the first process does not end by SIGTERM unless it says so, and collects no orphans.
      Init: true,
      RestartPolicy: { Name: 'no' },
      ...(mounts.mounts.length === 0 ? {} : { Mounts: [...mounts.mounts] }),
      ...(mounts.binds.length === 0 ? {} : { Binds: [...mounts.binds] }),
      ...resourceOptions(model),
    },
  }
}

/**
 * `command` takes the place of the image's entrypoint and of its words, `args` of the words only; an empty list counts as absent.
 * Source: Kubernetes, Container.command and Container.args.
 */
export function commandOptions(
  { command = [], args = [] }: Pick<Container, 'command' | 'args'>,
  environment: ResolvedEnv,
): Pick<CreateBody, 'Entrypoint' | 'Cmd'> {
  const expand = (words: readonly string[]): string[] => words.map((word) => expandVariables(word, environment))
  return {
    ...(command.length === 0 ? {} : { Entrypoint: expand(command) }),
    ...(args.length === 0 ? {} : { Cmd: expand(args) }),
  }
}

export function environmentOption(environment: ResolvedEnv): string[] {
  return [...environment].map(([name, value]) => `${name}=${value}`)
}
