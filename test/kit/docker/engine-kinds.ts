import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { addBridge } from './default-bridge.ts'
import { prepareDockerd } from './dockerd.ts'
import type { FolderEngine } from './engine-program.ts'
import { preparePodman } from './podman.ts'

/** `docker` has no default network, which tests do not need; benches compare with a `docker run` as it is on an engine of the system. */
export type EngineKind = 'docker' | 'docker-with-bridge' | 'podman'

const KINDS: Readonly<Record<EngineKind, (folder: string) => FolderEngine>> = {
  docker: (folder) => prepareDockerd(folder, 'none'),
  'docker-with-bridge': (folder) => prepareDockerd(folder, addBridge(folder)),
  podman: preparePodman,
}

export function engineIn(folder: string, kind: EngineKind): FolderEngine {
  return KINDS[kind](folder)
}

/** What runs, or ran, in a folder: each kind keeps its data under its own name. */
export function kindOf(folder: string): EngineKind | undefined {
  if (existsSync(join(folder, 'data'))) return 'docker'
  return existsSync(join(folder, 'storage')) ? 'podman' : undefined
}
