import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import type { Sandbox } from '../sandbox.ts'

/** The sandbox of this id, while it runs and has an address. */
export async function findSandbox({ docker }: DockerContext, id: string, signal: AbortSignal): Promise<Sandbox | undefined> {
  try {
    const { State: state, NetworkSettings: network } = await docker.getContainer(id).inspect({ abortSignal: signal })
    const address = Object.values(network.Networks).find(({ IPAddress: ip }) => ip !== '')?.IPAddress
    return state.Running && address !== undefined ? { id, address } : undefined
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}
