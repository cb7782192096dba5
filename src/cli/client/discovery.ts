import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Discovery } from '../../wire/answers.ts'
import { DISCOVERY_FILE, ENVIRONMENTS_FOLDER } from '../../wire/home.ts'

/** The daemon that the state directory names and whose process is alive, or undefined. */
export function findDaemon(home: string): Discovery | undefined {
  const found = readDiscovery(home)
  return found !== undefined && isAlive(found.pid) ? found : undefined
}

/** True while a process of that id runs; one that we may not signal counts, one that ended and was never collected does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** In a container whose first process collects nobody, what ended stays in the process table. Source: proc(5), `stat`. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** True when the state directory remembers an environment, so that a daemon would find something to adopt. */
export function remembersEnvironments(home: string): boolean {
  const folder = join(home, ENVIRONMENTS_FOLDER)
  try {
    return readdirSync(folder).some((name) => exists(join(folder, name, 'state.json')))
  } catch {
    return false
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** A file that is absent, half written or of another shape is no discovery. */
function readDiscovery(home: string): Discovery | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(join(home, DISCOVERY_FILE), 'utf8'))
    return isDiscovery(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isDiscovery(value: unknown): value is Discovery {
  if (typeof value !== 'object' || value === null) return false
  const { pid, port, token, version, instance } = value as Partial<Discovery>
  const texts = [token, version, instance].every((text) => typeof text === 'string')
  return texts && Number.isInteger(pid) && Number.isInteger(port)
}
