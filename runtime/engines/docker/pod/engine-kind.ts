import type Docker from 'dockerode'

const asked = new WeakMap<Docker, Promise<boolean>>()

/** Whether the engine is Podman, which gives what joins a network no hostname; asked once of each client, and again after a failure. */
export function isPodman({ docker }: { readonly docker: Docker }): Promise<boolean> {
  const known = asked.get(docker)
  if (known !== undefined) return known
  const asking = ask(docker)
  asked.set(docker, asking)
  asking.catch(() => asked.delete(docker))
  return asking
}

async function ask(docker: Docker): Promise<boolean> {
  const { Components: parts } = (await docker.version()) as { readonly Components?: readonly { readonly Name?: string }[] }
  return parts?.some(({ Name: name = '' }) => /podman/i.test(name)) === true
}
