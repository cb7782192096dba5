import { spawn } from 'node:child_process'
import { inheritedEnvironment } from './base-environment.ts'

/** Where an engine of containers is found; a daemon that is started by another program needs them too. */
const ENGINE_VARIABLES = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
  'XDG_RUNTIME_DIR',
  'SSH_AUTH_SOCK',
] as const

/** Those of the variables that are set. */
export function engineVariables(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    ENGINE_VARIABLES.flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

export interface HarvestOrder {
  readonly home: string
  /** `dist/daemon.js`. */
  readonly daemonProgram: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Starts a daemon that removes what has no record, and ends when it has nothing to do. Repeatable: only one daemon holds a home. */
export function startHarvest({ home, daemonProgram, environment }: HarvestOrder): void {
  const child = spawn(process.execPath, [daemonProgram], {
    cwd: home,
    detached: true,
    windowsHide: true,
    stdio: 'ignore',
    env: { ...inheritedEnvironment(environment), ...engineVariables(environment), MINIPAAS_HOME: home },
  })
  // Whoever looks next sees that it is still there.
  child.on('error', () => {})
  child.unref()
}
