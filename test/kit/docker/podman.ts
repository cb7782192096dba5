import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineProgram, endpointOf, type FolderEngine } from './engine-program.ts'

/** Passes of a removal of all containers; one cannot go before those that joined its network. */
const REMOVAL_PASSES = 5
/** Files and processes; less than what Podman 4 leaves to itself where the kernel counts processes up to 32,768. */
const HIGHEST_LIMIT = 20_000

/** Podman's service: Docker's API over Podman's own storage. There is no daemon: each container has a monitor of its own that outlives the service. */
export function preparePodman(folder: string): FolderEngine {
  const env = { CONTAINERS_CONF: join(folder, 'containers.conf'), CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf') }
  writeFileSync(env.CONTAINERS_CONF, settings(folder))
  writeFileSync(env.CONTAINERS_STORAGE_CONF, storage(folder))
  const endpoint = endpointOf(folder)
  // Both are in the settings too; as arguments they say in the list of processes whose it is.
  const command = ['podman', '--root', join(folder, 'storage'), '--runroot', join(folder, 'run')] as const
  const program = new EngineProgram({ command: [...command, 'system', 'service', '--time=0', endpoint], env, folder })
  const podman = (...args: string[]): string => {
    const [name, ...rest] = command
    return spawnSync(name, [...rest, ...args], { encoding: 'utf8', env: { ...process.env, ...env } }).stdout
  }
  return {
    endpoint,
    isRunning: () => program.isRunning(),
    start: () => program.start(),
    stop: () => program.stop(),
    async empty() {
      for (let pass = 0; pass < REMOVAL_PASSES && podman('ps', '-aq').trim() !== ''; pass++) podman('rm', '-f', '-a', '-v', '-t', '0')
      podman('network', 'prune', '-f')
    },
  }
}

/** Works without systemd and on both versions of control groups; limits that a process may not raise are left as they are. */
function settings(folder: string): string {
  const limits = [`nofile=${limitOf('Max open files')}`, `nproc=${limitOf('Max processes')}`]
  return `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "${join(folder, 'tmp')}"
static_dir = "${join(folder, 'storage', 'libpod')}"
volume_path = "${join(folder, 'storage', 'volumes')}"
exit_command_delay = 1
[containers]
default_ulimits = [${limits.map((limit) => `"${limit}"`).join(', ')}]
[network]
network_backend = "netavark"
network_config_dir = "${join(folder, 'networks')}"
`
}

function storage(folder: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${join(folder, 'storage')}"
runroot = "${join(folder, 'run')}"
`
}

/** What a container gets, as `soft:hard`: Podman lowers its own limits at its start, and nobody may raise them again without a capability. */
function limitOf(name: string): string {
  const hard = new RegExp(`^${name} +\\S+ +(\\d+)`, 'm').exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  const limit = Math.min(Number(hard ?? HIGHEST_LIMIT), HIGHEST_LIMIT)
  return `${limit}:${limit}`
}
