import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner, VolumeFacet } from '../../../src/model/engine.ts'
import { environmentLayout } from '../../process-identity/home-layout.ts'
import { checkName } from './names.ts'

/** A volume is a directory of the environment. Names are checked, so that no path leads out of it. */
export function volumeFacet(home: string): VolumeFacet {
  const directory = (name: string, owner: Owner): string => join(volumesOf(home, owner), checkName('a volume', name))
  return {
    async ensure(name, owner) {
      await mkdir(directory(name, owner), { recursive: true, mode: 0o700 })
    },
    async remove(name, owner) {
      await rm(directory(name, owner), { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
    },
  }
}

function volumesOf(home: string, owner: Owner): string {
  return environmentLayout(home, checkName('an environment', owner.environment)).volumes
}

export async function listVolumes(home: string, owner: Owner): Promise<readonly string[]> {
  const names = await readdir(volumesOf(home, owner)).catch(() => [])
  return names.sort()
}
