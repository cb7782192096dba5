import type { EnvironmentControl, Environments } from '../../src/control/environment-control.ts'
import { didYouMean } from '../../src/kernel/nearest.ts'
import { isEnvironmentName } from '../../src/wire/discovery.ts'
import { DenialError } from './denial.ts'

/** The environment of that name, or a refusal that names the nearest one. */
export function findEnvironment(environments: Environments, name: string): EnvironmentControl {
  const found = environments.get(validName(name))
  if (found !== undefined) return found
  const next = didYouMean(name, environments.names) ?? '`minipaas ls` lists the environments, `minipaas up` starts one'
  throw new DenialError({ status: 404, error: { code: 'MP8025', message: `there is no environment "${name}"`, next } })
}

/** The environment of that name, made when there is none yet. */
export async function openEnvironment(environments: Environments, name: string): Promise<EnvironmentControl> {
  return environments.get(validName(name)) ?? (await environments.open(name))
}

function validName(name: string): string {
  if (isEnvironmentName(name)) return name
  const message = `"${name}" cannot be the name of an environment`
  const next = 'use at most 63 lower-case letters, digits and inner hyphens (`--project-name`)'
  throw new DenialError({ status: 400, error: { code: 'MP8027', message, next } })
}
