import { readFile } from 'node:fs/promises'
import type { DockerContext } from '../../context.ts'
import { hasStatus } from '../../faults.ts'
import { CgroupMeter } from './cgroup-meter.ts'
import { findCgroup } from './cgroup-place.ts'
import type { Meter } from './meter.ts'
import { StreamMeter } from './stream-meter.ts'

/** Measures a container by the kernel's files when the engine runs on this machine and they can be read, otherwise by the engine. */
export async function openMeter(context: DockerContext, container: string): Promise<Meter> {
  return (await openFiles(context, container)) ?? new StreamMeter(context, container)
}

async function openFiles(context: DockerContext, container: string): Promise<Meter | undefined> {
  if (process.platform !== 'linux' || !context.endpoint.local) return undefined
  try {
    const { State: state } = await context.docker.getContainer(container).inspect()
    if (state.Pid === 0) return undefined
    const [groups, mounts] = await Promise.all([readFile(`/proc/${state.Pid}/cgroup`, 'utf8'), readFile('/proc/self/mountinfo', 'utf8')])
    const files = findCgroup(container, groups, mounts)
    return files === undefined ? undefined : new CgroupMeter(files, context.clock)
  } catch (error) {
    if (!isRefusal(error)) throw error
    context.logger.log('debug', 'a container is measured by its engine', { reason: String(error) })
    return undefined
  }
}

/** The process is on another machine or over, or its files are not for us. */
function isRefusal(error: unknown): boolean {
  return hasStatus(error, 404) || (typeof error === 'object' && error !== null && 'syscall' in error)
}
