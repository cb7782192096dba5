import type Docker from 'dockerode'
import type { EngineHealth } from '../../../src/model/observed.ts'
import type { EngineEndpoint } from './discovery/endpoint.ts'

/** What a particular engine lacks: a facet that is not there is known before anything is planned. */
export interface Abilities {
  /** Containers can be frozen: not those of a user without control groups. */
  readonly freeze: boolean
  /** The engine measures containers. */
  readonly stats: boolean
}

export interface EngineReport {
  readonly health: EngineHealth
  readonly abilities: Abilities
}

/** Oldest API that everything is tried with: Docker 20.10. Podman names its own a little lower. */
const OLDEST_API = [1, 40] as const

interface Version {
  readonly Version?: string
  readonly ApiVersion?: string
  readonly Os?: string
  readonly Arch?: string
  readonly Platform?: { readonly Name?: string }
  readonly Components?: readonly { readonly Name?: string; readonly Version?: string }[]
}

interface Info {
  readonly Name?: string
  readonly OSType?: string
  readonly OperatingSystem?: string
  readonly CgroupDriver?: string
  readonly CgroupVersion?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly MemoryLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly NCPU?: number
  readonly MemTotal?: number
}

/** Asks an engine what it is. Rejects with what the SDK threw. */
export async function askEngine(docker: Docker, endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineReport> {
  // The SDK takes options here that its types do not know.
  const asked = docker as unknown as Readonly<Record<'version' | 'info', (options: object) => Promise<object>>>
  const [version, info] = await Promise.all([asked.version({ abortSignal: signal }), asked.info({ abortSignal: signal })])
  return reportOf(version, info, endpoint)
}

export function reportOf(version: Version, info: Info, endpoint: EngineEndpoint): EngineReport {
  const product = productOf(version, info, endpoint)
  const rootless = (info.SecurityOptions ?? []).some((option) => /(^|=)rootless/.test(option))
  const cgroup = info.CgroupVersion === '2' ? 'v2' : info.CgroupDriver === 'none' ? 'none' : 'v1'
  const freeze = cgroup !== 'none' && !(rootless && cgroup === 'v1')
  const abilities = { freeze, stats: freeze }
  const lacking = [
    ...(freeze ? [] : ['freezing and measuring of containers']),
    ...(info.MemoryLimit === false ? ['limits of memory'] : []),
    ...(info.CpuCfsQuota === false ? ['limits of cpu'] : []),
  ]
  const attributes = {
    product,
    version: version.Version ?? 'unknown',
    api: version.ApiVersion ?? 'unknown',
    endpoint: endpoint.url,
    foundBy: endpoint.strategy,
    system: info.OperatingSystem ?? version.Os ?? 'unknown',
    architecture: version.Arch ?? 'unknown',
    cgroup,
    rootless: String(rootless),
    cpus: String(info.NCPU ?? 0),
    memoryBytes: String(info.MemTotal ?? 0),
    ...(lacking.length === 0 ? {} : { lacks: lacking.join(', ') }),
  }
  const name = `${product} ${attributes.version} at ${endpoint.url}`
  const wrong = whatIsWrong(version, info)
  const health: EngineHealth =
    wrong === undefined ? { state: 'healthy', detail: name, attributes } : { state: 'unhealthy', detail: `${name} ${wrong}`, attributes }
  return { health, abilities }
}

function whatIsWrong({ ApiVersion: api = '' }: Version, info: Info): string | undefined {
  if (info.OSType !== undefined && info.OSType !== 'linux') return `runs ${info.OSType} containers; switch it to Linux containers`
  const [major = 0, minor = 0] = api.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_API
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) return 'is too old; Docker 20.10 or Podman 4 is needed'
  return undefined
}

/** The name that people know the product by. */
function productOf(version: Version, info: Info, { url, strategy }: EngineEndpoint): string {
  if (version.Components?.some(({ Name: name = '' }) => /podman/i.test(name)) === true) return 'Podman'
  const words = `${version.Platform?.Name ?? ''} ${info.OperatingSystem ?? ''}`
  if (/docker desktop/i.test(words)) return 'Docker Desktop'
  if (/orbstack/i.test(words)) return 'OrbStack'
  if (/colima/i.test(`${info.Name ?? ''} ${url}`)) return 'Colima'
  return /^(?:OrbStack|Rancher Desktop)$/.test(strategy) ? strategy : 'Docker'
}
