import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { nothing, type Strategy } from './strategy.ts'

/** Sockets where products put them when nobody says anything. Each is tried if it is there. */
export const socketStrategies: readonly Strategy[] = [
  sockets('rootless Docker', ({ uid, environment }) => {
    const runtime = environment.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`)
    return runtime === undefined ? [] : [join(runtime, 'docker.sock')]
  }),
  sockets('Docker', () => ['/var/run/docker.sock']),
  sockets('Docker Desktop', ({ homeDirectory }) => [
    join(homeDirectory, '.docker/run/docker.sock'),
    join(homeDirectory, '.docker/desktop/docker.sock'),
  ]),
  sockets('Colima', ({ homeDirectory, environment }) => {
    const profile = environment.COLIMA_PROFILE ?? 'default'
    const roots = [
      environment.COLIMA_HOME,
      join(homeDirectory, '.colima'),
      join(environment.XDG_CONFIG_HOME ?? join(homeDirectory, '.config'), 'colima'),
    ]
    return roots.flatMap((root) => (root === undefined || root === '' ? [] : [join(root, profile, 'docker.sock')]))
  }),
  sockets('OrbStack', ({ homeDirectory }) => [join(homeDirectory, '.orbstack/run/docker.sock')]),
  sockets('Rancher Desktop', ({ homeDirectory }) => [join(homeDirectory, '.rd/docker.sock')]),
  sockets('Podman', ({ uid, homeDirectory, environment }) => {
    const runtime = environment.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`)
    return [
      ...(runtime === undefined ? [] : [join(runtime, 'podman/podman.sock')]),
      '/run/podman/podman.sock',
      join(homeDirectory, '.local/share/containers/podman/machine/podman.sock'),
      join(homeDirectory, '.local/share/containers/podman/machine/qemu/podman.sock'),
      ...(environment.TMPDIR === undefined ? [] : [join(environment.TMPDIR, 'podman/podman-machine-default-api.sock')]),
    ]
  }),
]

/** The pipes of Docker Desktop and of a Podman machine. */
export const windowsPipe: Strategy = {
  name: 'Windows pipe',
  async find({ platform }) {
    if (platform !== 'win32') return nothing('not Windows')
    const pipes = ['docker_engine', 'dockerDesktopLinuxEngine', 'podman-machine-default']
    return { found: 'places', places: pipes.map((pipe) => ({ url: `npipe:////./pipe/${pipe}`, local: true })), only: false }
  },
}

function sockets(name: string, paths: (machine: Machine) => readonly string[]): Strategy {
  return {
    name,
    async find(machine) {
      if (machine.platform === 'win32') return nothing('Windows has pipes instead of sockets')
      const places = [...new Set(paths(machine))].map((path) => ({ url: `unix://${path}`, local: true }))
      return places.length === 0 ? nothing('no place for its socket is known') : { found: 'places', places, only: false }
    },
  }
}
