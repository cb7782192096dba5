import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ProcessEngine } from '../../runtime/engines/process/engine.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { hashValue } from '../../src/kernel/hash.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import type { Owner, ReplicaSpec } from '../../src/model/engine.ts'
import { replicaId, revisionId } from '../../src/model/names.ts'
import type { Container, Pod, Volume } from '../../src/model/pod.ts'
import { aComponent, aContainer, anOrigin, key } from './builders.ts'
import { scratchDirectory } from './scratch.ts'

/** The program that does what its JSON argument says. */
const fixtureApp = fileURLToPath(new URL('programs/fixture-app.mjs', import.meta.url))

export interface ProcessContainer {
  readonly name: string
  /** What the fixture program does, or a command of its own. */
  readonly program: { readonly kind: string; readonly [field: string]: unknown } | readonly string[]
  readonly ports?: readonly number[]
  readonly env?: Readonly<Record<string, string>>
  readonly changes?: Partial<Container>
}

export interface ProcessComponent {
  readonly name: string
  readonly hash?: string
  readonly ordinal?: number
  readonly restartToken?: number
  readonly containers: readonly ProcessContainer[]
  readonly initContainers?: readonly ProcessContainer[]
  readonly volumes?: readonly Volume[]
  /** Files of config maps and secrets by name. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Stands in for the program that reads triggers. */
const fakeMeters = fileURLToPath(new URL('programs/fake-meters.mjs', import.meta.url))

const owner: Owner = { environment: 'test', instance: 'daemon-1' }

/** A state directory of its own with a process engine; everything in it is ended at the end. */
export class ProcessWorld implements AsyncDisposable {
  readonly owner = owner
  readonly home: string
  /** What programs of the engine have written. */
  readonly logged: string[] = []
  readonly #logger: Logger = {
    log: (level, message) => void this.logged.push(`${level} ${message}`),
    with: () => this.#logger,
  }
  readonly #scratch = scratchDirectory()
  readonly #engines: ProcessEngine[] = []
  readonly #edgeProgram: string
  readonly #metersProgram: string

  constructor(options: { readonly edgeProgram?: string; readonly metersProgram?: string } = {}) {
    this.#edgeProgram = options.edgeProgram ?? 'no-edge.js'
    this.#metersProgram = options.metersProgram ?? fakeMeters
    this.home = `${this.#scratch.path}/home`
    mkdirSync(this.home, { mode: 0o700 })
    this.openEngine()
  }

  get engine(): ProcessEngine {
    const engine = this.#engines.at(-1)
    if (engine === undefined) throw new Error('no engine')
    return engine
  }

  /** A further engine over the same home, as a restarted daemon has one. */
  openEngine(): ProcessEngine {
    const engine = new ProcessEngine({
      home: this.home,
      clock: systemClock,
      logger: this.#logger,
      nodePath: process.execPath,
      edgeProgram: this.#edgeProgram,
      metersProgram: this.#metersProgram,
      environment: { ...process.env, SECRET_OF_DAEMON: 'must not leak' },
    })
    this.#engines.push(engine)
    return engine
  }

  specOf(component: ProcessComponent): ReplicaSpec {
    const { name, containers, initContainers = [], volumes = [], ordinal = 0, restartToken = 0 } = component
    const hash = component.hash ?? hashValue([containers, initContainers, volumes])
    const pod: Partial<Pod> = {
      containers: containers.map(toContainer),
      initContainers: initContainers.map(toContainer),
      volumes,
      graceMs: 5_000,
    }
    const built = aComponent(name).build()
    const spec = { ...built, pod: { ...built.pod, ...pod } }
    const revision = { id: revisionId(key(name), hash), component: key(name), app: 'shop', hash, spec }
    const all = [...containers, ...initContainers]
    return {
      ref: { owner, id: replicaId(revision.id, ordinal) },
      app: 'shop',
      revision,
      ordinal,
      restartToken,
      sidecars: [],
      network: owner.environment,
      environmentOf: (container) => new Map(Object.entries(all.find((candidate) => candidate.name === container)?.env ?? {})),
      filesOf: (source) => {
        const files = component.files?.[source.name]
        return files === undefined ? undefined : new Map(Object.entries(files))
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const never = new AbortController().signal
    const engine = this.openEngine()
    for (const environment of await engine.environments()) await engine.removeEnvironment({ ...owner, environment }, never)
    for (const each of this.#engines) await each.release()
    this.#scratch[Symbol.dispose]()
  }
}

function toContainer(container: ProcessContainer): Container {
  const { name, program, ports = [], changes } = container
  const command = isCommand(program) ? program : [process.execPath, fixtureApp, JSON.stringify(program)]
  return aContainer(name, {
    ports: ports.map((number) => ({ name: `port-${number}`, number, protocol: 'http1', origin: anOrigin('ports') })),
    process: { cwd: '/', command, env: [], origin: anOrigin('run') },
    ...changes,
  })
}

function isCommand(program: ProcessContainer['program']): program is readonly string[] {
  return Array.isArray(program)
}
