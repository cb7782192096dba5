import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { ReplicaId } from '../../../src/model/names.ts'
import { replicaMarks } from '../../process-identity/replica-trace.ts'
import type { LocalPort } from './replica-record.ts'

/** `web-admin` -> `WEB_ADMIN`, for names of variables. */
export function variableName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}

export interface EnvironmentParts {
  readonly inherited: Readonly<Record<string, string>>
  /** From the model, references resolved. */
  readonly declared: ReadonlyMap<string, string>
  readonly ports: readonly LocalPort[]
  /** Ports of the other containers of the replica, which share its network identity. */
  readonly otherPorts: readonly LocalPort[]
  readonly mounts: ReadonlyMap<string, string>
  readonly replica: ReplicaId
  readonly directory: string
  readonly container: string
  readonly cwd: string
}

/** The complete environment of a container. What the engine assigns (`PORT`, mounts, marks) wins over the model. */
export function composeEnvironment(parts: EnvironmentParts): Map<string, string> {
  const { inherited, declared, ports, otherPorts, mounts, replica, directory, container, cwd } = parts
  const all = new Map<string, string>(Object.entries(inherited))
  all.set('PATH', [...packageBins(cwd), all.get('PATH') ?? ''].filter((place) => place !== '').join(delimiter))
  for (const [name, value] of declared) all.set(name, value)
  for (const port of [...otherPorts, ...ports]) all.set(`PORT_${variableName(port.name)}`, String(port.local))
  const first = ports[0]
  if (first !== undefined) all.set('PORT', String(first.local))
  for (const [name, path] of mounts) all.set(name, path)
  all.set('MINIPAAS_REPLICA', replica)
  expandAssigned(all, declared)
  for (const mark of replicaMarks(directory, container)) {
    const [name = '', ...value] = mark.split('=')
    all.set(name, value.join('='))
  }
  return all
}

/** `$(PORT)` and `$(MINIPAAS_MOUNT_DATA)` in values of the model: only the engine knows what they are. */
function expandAssigned(all: Map<string, string>, declared: ReadonlyMap<string, string>): void {
  for (const name of declared.keys()) {
    const value = all.get(name)
    if (value?.includes('$(') !== true) continue
    all.set(
      name,
      value.replaceAll(/\$\((PORT\w*|MINIPAAS_\w+)\)/g, (whole, assigned: string) => all.get(assigned) ?? whole),
    )
  }
}

/** The `node_modules/.bin` of the directory and those above, as npm puts them first for a start script. */
function packageBins(cwd: string): readonly string[] {
  const found: string[] = []
  for (let place = cwd; ; place = dirname(place)) {
    const bin = join(place, 'node_modules', '.bin')
    if (existsSync(bin)) found.push(bin)
    if (place === dirname(place)) return found
  }
}
