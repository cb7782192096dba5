import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ensureDebianPackages, findProgram } from '../docker/debian-packages.ts'

interface Peer {
  /** Folder beside this file. */
  readonly module: string
  readonly package: string
  readonly version: string
  /** Variable of the program that holds its version. */
  readonly versionVariable: string
}

const COMPOSE: Peer = {
  module: 'compose',
  package: 'github.com/docker/compose/v5/cmd',
  version: 'v5.5.0',
  versionVariable: 'github.com/docker/compose/v5/internal.Version',
}

/** Docker Compose as it is current: the path of the program. Built when it is not in the cache, which takes minutes. Throws without Go. */
export function currentCompose(): string {
  return built(COMPOSE)
}

/** Docker Compose 1.29, from the Debian package: the path of the program. */
export function formerCompose(): string {
  ensureDebianPackages({ 'docker-compose': 'docker-compose' }, 'Without it there is no comparison with Compose 1.29.')
  const path = findProgram('docker-compose')
  if (path === undefined) throw new Error('docker-compose is not where its package puts it')
  return path
}

function built(peer: Peer): string {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'minipaas', 'peers')
  const program = join(cache, `docker-${peer.module}-${peer.version}`)
  if (existsSync(program)) return program
  mkdirSync(cache, { recursive: true })
  console.error(`Building ${peer.module} ${peer.version}, which takes minutes`)
  const unfinished = `${program}.${process.pid}`
  const flags = ['-trimpath', '-ldflags', `-s -w -X ${peer.versionVariable}=${peer.version}`, '-o', unfinished]
  const result = spawnSync('go', ['build', ...flags, peer.package], {
    cwd: join(import.meta.dirname, peer.module),
    env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status !== 0) throw new Error(`${peer.module} cannot be built: ${result.error?.message ?? 'the lines above say why'}`)
  renameSync(unfinished, program)
  return program
}
