import type Docker from 'dockerode'

/**
 * Whether the engine of this run is Podman, which differs in ways that tests name: it removes no sandbox while a container that joined it
 * exists, tells no address ranges of networks, and gives no event when a container is taken off a network.
 */
export async function isPodman(docker: Docker): Promise<boolean> {
  const { Components: parts = [] } = (await docker.version()) as { readonly Components?: readonly { readonly Name: string }[] }
  return parts.some(({ Name: name }) => name === 'Podman Engine')
}
