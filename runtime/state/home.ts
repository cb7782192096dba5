import { chmod, mkdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { FaultError } from '../../src/kernel/fault.ts'
import { HOME_FILES } from '../../src/wire/discovery.ts'
import { DISCOVERY_FILE, ENVIRONMENTS_FOLDER } from '../../src/wire/home.ts'

/** Absolute paths inside the state directory. */
export interface HomePaths {
  readonly root: string
  readonly discovery: string
  readonly lock: string
  readonly lease: string
  readonly log: string
  readonly environments: string
}

function homePaths(root: string): HomePaths {
  return {
    root,
    discovery: join(root, DISCOVERY_FILE),
    lock: join(root, HOME_FILES.lock),
    lease: join(root, HOME_FILES.lease),
    log: join(root, HOME_FILES.log),
    environments: join(root, ENVIRONMENTS_FOLDER),
  }
}

/** Makes the state directory with its folders for this user alone; one that others may enter is closed to them. */
export async function openHome(root: string): Promise<HomePaths> {
  if (!isAbsolute(root)) throw unusable(root, 'the path is not absolute')
  const paths = homePaths(root)
  try {
    await mkdir(root, { recursive: true, mode: 0o700 })
    if (process.platform !== 'win32') await closeToOthers(root)
    await mkdir(join(root, 'logs'), { recursive: true, mode: 0o700 })
    await mkdir(paths.environments, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (error instanceof FaultError) throw error
    throw unusable(root, error instanceof Error ? error.message : String(error))
  }
  return paths
}

async function closeToOthers(root: string): Promise<void> {
  const found = await stat(root)
  if (process.getuid !== undefined && found.uid !== process.getuid()) throw unusable(root, 'it belongs to another user')
  if ((found.mode & 0o077) !== 0) await chmod(root, 0o700)
}

function unusable(root: string, why: string): FaultError {
  return new FaultError({
    kind: 'denied',
    code: 'MP8051',
    message: `the state directory ${root} cannot be used: ${why}`,
    next: 'set MINIPAAS_HOME to a directory of your own',
    retry: 'never',
  })
}
