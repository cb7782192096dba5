import { join } from 'node:path'
import type { Machine } from './machine.ts'

/** Where the docker command line keeps its configuration. */
export function dockerConfigDirectory({ environment, homeDirectory }: Machine): string {
  return environment.DOCKER_CONFIG ?? join(homeDirectory, '.docker')
}
