import { Readable } from 'node:stream'
import type { ContainerPath, CopyFacet, ReplicaRef } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { faults, hasStatus } from '../faults.ts'
import { isPodman } from './engine-kind.ts'
import { openStream, readStream } from './open-stream.ts'
import { pathMode } from './path-mode.ts'
import { choosePodContainer, findPodContainers, type PodContainer } from './pod-containers.ts'

/** Files in and out of containers, also of those that ended. */
export function copyFacet(context: DockerContext): CopyFacet {
  const { docker } = context
  const choose = async (of: ReplicaRef, { container }: ContainerPath, signal: AbortSignal): Promise<PodContainer> =>
    choosePodContainer(await findPodContainers(context, of, signal), of, container)
  return {
    async read(of, from, signal) {
      const { id, name } = await choose(of, from, signal)
      try {
        const open = (opening: AbortSignal): Promise<Readable> =>
          docker.getContainer(id).getArchive({ path: from.path, abortSignal: opening } as { path: string }) as Promise<Readable>
        return readStream(await openStream(open, signal), signal)
      } catch (error) {
        throw hasStatus(error, 404) ? faults.noPath(name, from.path) : error
      }
    },
    async write(of, to, archive, signal) {
      const { id, name } = await choose(of, to, signal)
      // Podman would make the directory.
      if ((await isPodman(context)) && (await pathMode(context, id, to.path)) === undefined) throw faults.noPath(name, to.path)
      const source = Readable.from(archive, { objectMode: false })
      try {
        await docker.getContainer(id).putArchive(source, { path: to.path, noOverwriteDirNonDir: 1, abortSignal: signal })
      } catch (error) {
        throw hasStatus(error, 404) ? faults.noPath(name, to.path) : error
      } finally {
        source.destroy()
      }
    },
  }
}
