import { posix } from 'node:path'

/** Files of the kernel that tell what a container uses. */
export interface CgroupFiles {
  readonly version: 1 | 2
  readonly cpu: string
  readonly memory: string
  readonly memoryStat: string
}

interface CgroupMount {
  readonly version: 1 | 2
  /** Of version 1. */
  readonly controllers: ReadonlySet<string>
  /** The group that is seen at the mount point. */
  readonly root: string
  readonly point: string
}

/**
 * Where the control groups of a container are on this machine, whatever driver the engine uses: from the groups of its first process.
 * Undefined when these are not the container's: the engine runs on another machine, and the number is somebody else's process.
 * Source: proc(5), cgroups(7).
 */
export function findCgroup(container: string, processGroups: string, mountInfo: string): CgroupFiles | undefined {
  const mounts = mountInfo.split('\n').flatMap(parseMount)
  const groups = processGroups.split('\n').flatMap(parseGroup)
  const place = (controller: string): string | undefined => {
    const group = groups.find(({ controllers }) => controllers.includes(controller))
    const mount = mounts.find(
      ({ version, controllers }) => version === (controller === '' ? 2 : 1) && (controller === '' || controllers.has(controller)),
    )
    if (group === undefined || mount === undefined || !group.path.includes(container)) return undefined
    return below(mount, group.path)
  }
  const [cpu, memory] = [place('cpuacct'), place('memory')]
  if (cpu !== undefined && memory !== undefined) {
    return {
      version: 1,
      cpu: posix.join(cpu, 'cpuacct.usage'),
      memory: posix.join(memory, 'memory.usage_in_bytes'),
      memoryStat: posix.join(memory, 'memory.stat'),
    }
  }
  const unified = place('')
  if (unified === undefined) return undefined
  return {
    version: 2,
    cpu: posix.join(unified, 'cpu.stat'),
    memory: posix.join(unified, 'memory.current'),
    memoryStat: posix.join(unified, 'memory.stat'),
  }
}

/** `4:cpu,cpuacct:/docker/9c1f` */
function parseGroup(line: string): readonly { readonly controllers: readonly string[]; readonly path: string }[] {
  const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
  return match === null ? [] : [{ controllers: (match[1] ?? '').split(','), path: match[2] ?? '' }]
}

/** `33 24 0:28 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory` */
function parseMount(line: string): readonly CgroupMount[] {
  const [place = '', kind = ''] = line.split(' - ')
  const [type, , options = ''] = kind.split(' ')
  if (type !== 'cgroup' && type !== 'cgroup2') return []
  const [, , , root = '', point = ''] = place.split(' ')
  return [{ version: type === 'cgroup' ? 1 : 2, controllers: new Set(options.split(',')), root, point }]
}

/** Undefined when the group is not below what is mounted. */
function below({ root, point }: CgroupMount, path: string): string | undefined {
  const inside = posix.relative(root, path)
  return inside.startsWith('..') ? undefined : posix.join(point, inside)
}
