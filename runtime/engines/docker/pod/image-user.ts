import type { DockerContext } from '../context.ts'

/** Whether a container of the image runs as root, as far as the image says. */
export async function runsAsRoot({ docker }: DockerContext, image: string): Promise<boolean> {
  const { Config: config } = await docker.getImage(image).inspect()
  const [user = ''] = (config?.User ?? '').split(':')
  return user === '' || user === 'root' || /^0+$/.test(user)
}
