import { statfs } from 'node:fs/promises'
import type Docker from 'dockerode'
import type { Clock } from '../../../src/kernel/clock.ts'
import type { DoctorCheck } from '../../../src/wire/views.ts'
import { openClient } from './client.ts'
import { discoverEngine } from './discovery/discover.ts'
import type { EngineEndpoint } from './discovery/endpoint.ts'
import { thisMachine } from './discovery/machine.ts'
import { houseOutlook } from './edge/house-outlook.ts'
import type { HouseProgramPaths } from './edge/house-programs.ts'
import { toFault } from './faults.ts'
import { askEngine } from './health.ts'

export interface Examination extends HouseProgramPaths {
  readonly clock: Clock
  readonly home: string
  readonly usualHome: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

type Finding = Omit<DoctorCheck, 'name' | 'fix'>

const GIB = 1024 ** 3
/** Images of a small application take about as much. */
const ENOUGH_DISK_GIB = 2

/** Where an engine was looked for, which one answered, and whether it can do what is needed. Changes nothing; rejects when the signal aborts. */
export async function examineEngine(examination: Examination, signal: AbortSignal): Promise<Finding> {
  const { environment, clock } = examination
  const { endpoint, tried } = await discoverEngine(thisMachine(environment, clock), signal)
  const looked = tried.map(({ strategy, outcome }) => `${strategy}: ${outcome}`)
  if (endpoint === undefined) return { state: 'warning', detail: 'none answers; applications run as plain processes only', details: looked }
  const { docker, close } = await openClient(endpoint, environment)
  try {
    const about = await describe(examination, { docker, endpoint }, signal)
    return { ...about, details: [...looked, ...(about.details ?? [])] }
  } catch (error) {
    signal.throwIfAborted()
    return { state: 'failed', detail: toFault(error, 'say what it is').message, details: looked }
  } finally {
    close()
  }
}

interface AtHand {
  readonly docker: Docker
  readonly endpoint: EngineEndpoint
}

async function describe(examination: Examination, engine: AtHand, signal: AbortSignal): Promise<Finding> {
  const { docker, endpoint } = engine
  const [{ health }, info] = await Promise.all([askEngine(docker, endpoint, signal), docker.info() as Promise<EngineInfo>])
  const { version = '', api = '', system = '', architecture = '', cgroup = '', cpus = '', memoryBytes = '0', lacks } = health.attributes
  const [house, disk] = await Promise.all([houseOutlook(examination, engine), freeDisk(endpoint, info)])
  const details = [
    `version: ${version} (API ${api}), ${system}, ${architecture}, ${cpus} CPUs, ${(Number(memoryBytes) / GIB).toFixed(1)} GiB`,
    `control groups: ${cgroup}${lacks === undefined ? '' : `; without ${lacks}`}`,
    `storage driver: ${info.Driver ?? 'unknown'}${disk === undefined ? '' : `, ${disk.toFixed(1)} GiB free`}`,
    `image of edges and sandboxes: ${house.how}`,
  ]
  const isTight = disk !== undefined && disk < ENOUGH_DISK_GIB
  const state = health.state !== 'healthy' || !house.possible ? 'failed' : isTight ? 'warning' : 'ok'
  return { state, detail: health.detail, details }
}

interface EngineInfo {
  readonly Driver?: string
  readonly DockerRootDir?: string
}

/** Of the disk of images and volumes, where the engine is a program of this machine. In GiB. */
async function freeDisk({ local }: EngineEndpoint, { DockerRootDir: root }: EngineInfo): Promise<number | undefined> {
  if (!local || root === undefined) return undefined
  try {
    const { bavail, bsize } = await statfs(root)
    return (bavail * bsize) / GIB
  } catch {
    // In a virtual machine there is no such directory here.
    return undefined
  }
}
