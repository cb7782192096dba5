import type { Owner, SandboxFacet } from '../../../src/model/engine.ts'
import { createContainer } from './containers.ts'
import type { DockerContext } from './context.ts'
import { edgeAddress, ensureNetwork } from './network.ts'
import { names } from './place.ts'
import { findSandboxContainer, removeSandbox } from './sandbox-container.ts'
import { reuseSandbox, type SandboxOrder, startSandbox } from './sandbox-reuse.ts'
import { fingerprintOf, identityOf, type Sandbox, type SandboxOf, type SandboxPosition, sandboxBody } from './sandbox-settings.ts'
import { SharedRuns } from './shared-runs.ts'

export type { Sandbox } from './sandbox-settings.ts'

export interface Sandboxes extends SandboxFacet {
  /**
   * The running sandbox of a component and ordinal, made, started again or replaced where it must be, with its network.
   * Concurrent calls share one run. A conflict fault when running containers need one that has to be replaced: whoever calls ends them first.
   */
  ensure(owner: Owner, of: SandboxOf, signal: AbortSignal): Promise<Sandbox>
}

export function createSandboxes(context: DockerContext): Sandboxes {
  const runs = new SharedRuns<Sandbox>()
  const nameOf = (owner: Owner, { component, ordinal }: SandboxPosition): string =>
    names.sandbox(context.place, owner.environment, component, ordinal)
  const ensure: Sandboxes['ensure'] = (owner, of, signal) => {
    const identity = identityOf(of)
    const name = nameOf(owner, of)
    return runs.run(`${name} ${fingerprintOf(identity)}`, signal, (shared) => ensureSandbox(context, { owner, of, identity, name }, shared))
  }
  return {
    ensure,
    async prepare(owner, of, signal) {
      await ensure(owner, of, signal)
    },
    async remove(owner, of, signal) {
      const found = await findSandboxContainer(context, nameOf(owner, of), signal)
      if (found !== undefined) await removeSandbox(context, owner, { sandbox: found.Id, signal })
    },
  }
}

async function ensureSandbox(
  context: DockerContext,
  order: SandboxOrder & { readonly name: string },
  signal: AbortSignal,
): Promise<Sandbox> {
  const { owner, of, identity, name } = order
  const found = await findSandboxContainer(context, name, signal)
  if (found !== undefined) {
    const usable = await reuseSandbox(context, order, { found, signal })
    if (usable !== undefined) return usable
    await removeSandbox(context, owner, { sandbox: found.Id, signal })
  }
  const network = await ensureNetwork(context, owner, signal)
  const place = {
    owner,
    home: context.place.home,
    image: await context.houseImage(signal),
    network: { name: network.name, edge: edgeAddress(network.subnet) },
  }
  const id = await createContainer(context, { name, body: sandboxBody(of, identity, place) }, signal)
  return startSandbox(context, { id, network: network.name, signal })
}
