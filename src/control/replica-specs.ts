import { FaultError, InternalError } from '../kernel/fault.ts'
import type { SecretValues } from '../model/app-model.ts'
import type { Component } from '../model/component.ts'
import type { EngineTraits, Owner, ReplicaSpec, ResolvedEnv } from '../model/engine.ts'
import type { ReplicaId, RevisionId } from '../model/names.ts'
import type { Container } from '../model/pod.ts'
import { serviceListener } from '../routing/table-input.ts'
import { type EnvironmentInput, type ResolvedEnvironment, resolveEnvironment } from './environment-variables.ts'
import type { ServiceAddress } from './rewrite-hosts.ts'
import { runnableRevision } from './runnable-images.ts'
import type { ControlState } from './state.ts'

export interface SpecContext {
  readonly state: ControlState
  readonly owner: Owner
  readonly secrets: SecretValues
}

export interface SpecOf {
  readonly replica: ReplicaId
  readonly revision: RevisionId
  readonly ordinal: number
  readonly restartToken: number
}

/** Everything an engine needs to start a replica. Throws a fault that names what is missing. */
export function replicaSpec(of: SpecOf, context: SpecContext): ReplicaSpec {
  const { state, owner } = context
  const known = state.revisions.get(of.revision)
  if (known === undefined) throw new InternalError(`revision ${of.revision} is not known`)
  const revision = runnableRevision(known, state.observed?.images ?? [])
  const environments = new Map<string, ResolvedEnv>()
  for (const container of [...revision.spec.pod.initContainers, ...revision.spec.pod.containers]) {
    const resolved = resolveEnvironment(environmentInput(revision.spec, container, { of: of.replica, ordinal: of.ordinal }, context))
    refuseMissing(resolved, revision.spec, container)
    environments.set(container.name, resolved.values)
  }
  return {
    ref: { owner, id: of.replica },
    app: revision.app,
    revision,
    ordinal: of.ordinal,
    restartToken: of.restartToken,
    sidecars: [],
    network: state.environment,
    environmentOf: (container) => environments.get(container) ?? new Map(),
    filesOf: (source) => volumeFiles(source, revision.spec, context),
  }
}

function refuseMissing(resolved: ResolvedEnvironment, component: Component, container: Container): void {
  if (resolved.missing.length === 0) return
  throw new FaultError({
    kind: 'invalid',
    code: 'MP3020',
    message: `${component.key}/${container.name} needs ${resolved.missing.join(', ')}, which has no value`,
    next: 'secret values are not kept; run "minipaas up" again with the model that holds them',
    retry: 'never',
  })
}

export function environmentInput(
  component: Component,
  container: Container,
  replica: { readonly of: string; readonly ordinal: number },
  context: Pick<SpecContext, 'state' | 'secrets'>,
): EnvironmentInput {
  return {
    component,
    container: formOf(container, context.state.engine.traits),
    replica: { id: replica.of, hostname: component.pod.hostname ?? `${component.name}-${replica.ordinal}` },
    configs: configData(context.state),
    secrets: context.secrets,
    addresses: context.state.engine.traits.serviceNames === 'rewritten' ? serviceAddresses(context.state) : [],
  }
}

/** The variables of the process form are for programs that run as such: those of an image know nothing of directories of this machine. */
function formOf(container: Container, { runs }: EngineTraits): Container {
  if (runs !== 'images') return container
  const { process: _process, ...image } = container
  return image
}

/** Data of config maps by `namespace/name`: documents of the model, and what traits create. */
export function configData(state: ControlState): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const data = new Map<string, Readonly<Record<string, string>>>()
  for (const app of state.apps.values()) {
    for (const config of app.model.configs) data.set(`${config.namespace}/${config.name}`, config.data)
    for (const { component } of app.applied.values()) {
      for (const object of component.creates)
        if (object.kind === 'ConfigMap') data.set(`${component.namespace}/${object.name}`, object.data)
    }
  }
  return data
}

export function serviceAddresses(state: ControlState): readonly ServiceAddress[] {
  const addresses: ServiceAddress[] = []
  for (const service of state.desired.services) {
    for (const { port } of service.ports) {
      const localPort = state.edge.bound[serviceListener(service.name, service.namespace, port)]
      if (localPort !== undefined) addresses.push({ service, port, host: '127.0.0.1', localPort })
    }
  }
  return addresses
}

function volumeFiles(
  source: { readonly kind: 'config' | 'secret'; readonly name: string },
  component: Component,
  context: SpecContext,
): ReadonlyMap<string, string> | undefined {
  const { namespace } = component
  if (source.kind === 'config') {
    const data = configData(context.state).get(`${namespace}/${source.name}`)
    return data === undefined ? undefined : new Map(Object.entries(data))
  }
  const prefix = `${namespace}/${source.name}/`
  const files = [...context.secrets]
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const)
  return files.length === 0 ? undefined : new Map(files)
}
