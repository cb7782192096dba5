import type { Owner, ReplicaSpec } from '../../../../src/model/engine.ts'
import type { ContainerRole } from '../../../../src/model/observed.ts'
import type { Container, Pod } from '../../../../src/model/pod.ts'
import { composeLabels, LABELS, type Labels, type MemberLabel, type Role } from '../labels.ts'

export interface LabelledContainer {
  readonly model: Container
  readonly role: ContainerRole
  readonly restarts: number
  /** Id of the sandbox it joins. */
  readonly sandbox: string
}

/** What tells whose thing it is. */
export function ownerLabels(role: Role, owner: Owner, home: string): Labels {
  return {
    [LABELS.role]: role,
    [LABELS.home]: home,
    [LABELS.environment]: owner.environment,
    [LABELS.instance]: owner.instance,
  }
}

/** Everything that is observed of a container of a replica, and what is needed to end it. */
export function podLabels(spec: ReplicaSpec, container: LabelledContainer, home: string): Labels {
  const { ref, revision, app, ordinal, restartToken } = spec
  const { model, role, restarts, sandbox } = container
  const { preStop } = model.lifecycle
  return {
    ...ownerLabels('pod', ref.owner, home),
    [LABELS.app]: app,
    [LABELS.component]: revision.component,
    [LABELS.ordinal]: String(ordinal),
    [LABELS.replica]: ref.id,
    [LABELS.revision]: revision.id,
    [LABELS.hash]: revision.hash,
    [LABELS.restartToken]: String(restartToken),
    [LABELS.pushToken]: '0',
    [LABELS.container]: model.name,
    [LABELS.containerRole]: role,
    [LABELS.restarts]: String(restarts),
    [LABELS.members]: JSON.stringify(membersOf(revision.spec.pod)),
    [LABELS.ports]: JSON.stringify(portsOf(model)),
    [LABELS.sandbox]: sandbox,
    ...(preStop === undefined ? {} : { [LABELS.preStop]: JSON.stringify(preStop) }),
    ...composeLabels(ref.owner.environment, role === 'app' ? revision.component : `${revision.component}-${model.name}`, ordinal + 1),
  }
}

/** The containers that stay, the application first. */
export function membersOf(pod: Pod): readonly MemberLabel[] {
  return pod.containers.map(({ name }, index) => ({ name, role: index === 0 ? 'app' : 'sidecar' }))
}

/** Declared ports, and those that only a probe names. */
function portsOf({ ports, probes }: Container): readonly number[] {
  const probed = [probes.startup, probes.ready, probes.live].flatMap((probe) =>
    probe === undefined || probe.action.by === 'exec' ? [] : [probe.action.port],
  )
  return [...new Set([...ports.map(({ number }) => number), ...probed])].sort((left, right) => left - right)
}
