import type Docker from 'dockerode'
import type { Owner } from '../../../src/model/engine.ts'
import { ours } from './containers.ts'
import type { DockerContext } from './context.ts'
import { LABELS } from './labels.ts'

/** Volumes of ours in an environment, named ones and those of replicas. Labels are compared here too: Podman lists what has any of those asked for. */
export async function listOurVolumes(
  context: DockerContext,
  owner: Owner,
  signal: AbortSignal,
): Promise<readonly Docker.VolumeInspectInfo[]> {
  const { Volumes: volumes } = await context.docker.listVolumes({ filters: ours(context, owner, 'volume'), abortSignal: signal })
  const isOurs = ({ Labels: labels }: { readonly Labels: Readonly<Record<string, string>> | null }): boolean =>
    labels?.[LABELS.home] === context.place.home && labels[LABELS.environment] === owner.environment && labels[LABELS.role] === 'volume'
  return (volumes ?? []).filter(isOurs)
}
