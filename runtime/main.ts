import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createEnvironments } from '../src/control/environments.ts'
import { builtinDefinitions } from '../src/definitions/index.ts'
import type { Engine } from '../src/model/engine.ts'
import { createMemoryEngine } from '../src/simulate/memory-engine.ts'
import { homeDirectory } from '../src/wire/home.ts'
import { LocalCertificates } from './certificates/certificate-source.ts'
import type { Assembly, DaemonParts } from './daemon/daemon-setup.ts'
import { runDaemon } from './daemon/run-daemon.ts'
import { DockerEngine } from './engines/docker/engine.ts'
import { ProcessEngine } from './engines/process/engine.ts'
import { createSourceFiles } from './files/source-files.ts'
import { createLoadGenerator } from './load/load-generator.ts'
import { endGuard, ensureGuard } from './process-identity/guard-launch.ts'
import { engineVariables } from './process-identity/harvester.ts'
import { preciseClock } from './time/precise-clock.ts'
import { createFileWatcher } from './watch/file-watcher.ts'

/** The other programs lie beside this one. */
const program = (name: string): string => join(import.meta.dirname, name)

function assemble(parts: DaemonParts): Assembly {
  const { clock, logger, version, instance, store } = parts
  const leaseSeconds = Number(process.env.MINIPAAS_LEASE_SECONDS)
  const guard = {
    home: parts.home.root,
    nodePath: process.execPath,
    guardProgram: program('guard.js'),
    variables: engineVariables(process.env),
    ...(leaseSeconds > 0 ? { leaseSeconds } : {}),
    clock,
  }
  return {
    environments: createEnvironments({
      clock,
      logger,
      version,
      instance,
      store,
      engines: engines(parts),
      definitions: builtinDefinitions(),
      files: createSourceFiles(),
      watcher: createFileWatcher({ clock, logger }),
      environment: ownEnvironment(),
      certificates: new LocalCertificates(parts.home.root, clock),
      load: createLoadGenerator(preciseClock),
    }),
    ensureGuard: async () => void (await ensureGuard(guard)),
    endGuard: () => endGuard(guard),
  }
}

/** In order of preference for `auto`. The memory engine is for tests (`MINIPAAS_ENGINE_MEMORY=1`). */
function engines({ home, clock, logger }: DaemonParts): readonly Engine[] {
  const { env, platform } = process
  const docker = new DockerEngine({
    home: home.root,
    usualHome: homeDirectory({ env: { ...env, MINIPAAS_HOME: undefined }, platform, userHome: homedir() }),
    clock,
    logger,
    edgeProgram: program('edge.js'),
    metersProgram: program('meters.js'),
    environment: env,
  })
  const processes = new ProcessEngine({
    home: home.root,
    clock,
    logger,
    nodePath: process.execPath,
    edgeProgram: program('edge.js'),
    metersProgram: program('meters.js'),
    environment: env,
  })
  return env.MINIPAAS_ENGINE_MEMORY === '1' ? [createMemoryEngine({ clock }), docker, processes] : [docker, processes]
}

function ownEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** The manifest is one folder above, from the sources as from the package. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  return (manifest as { readonly version: string }).version
}

void runDaemon({ version: ownVersion(), assemble })
