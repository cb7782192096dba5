import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { testEndpoint } from '../../kit/docker/engine.ts'
import { BenchPlace } from '../house/place.ts'

const LIMIT_MS = 120_000

/** A place whose command line runs containers on the engine of the bench, and where programs of others find that engine too. */
export class DockerPlace extends BenchPlace {
  constructor() {
    super()
    const config = join(this.folder, 'docker-config')
    mkdirSync(config)
    Object.assign(this.environment, { DOCKER_HOST: testEndpoint(), DOCKER_CONFIG: config, MINIPAAS_ENGINE: 'docker' })
  }

  /** Runs a program in the project to its end and answers its output; throws when it fails. */
  run(program: string, ...args: readonly string[]): string {
    const options = { cwd: this.project, env: this.environment, timeout: LIMIT_MS, encoding: 'utf8' } as const
    const { status, stdout, stderr, error } = spawnSync(program, args, options)
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}${stdout}${stderr}`)
    return stdout
  }
}
