import { mkdirSync } from 'node:fs'
import type Docker from 'dockerode'
import { DockerEngine } from '../../../runtime/engines/docker/engine.ts'
import { LABELS } from '../../../runtime/engines/docker/labels.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { hashValue, silentLogger } from '../../../src/kernel/index.ts'
import {
  type Container,
  type HostAlias,
  type Owner,
  type Pod,
  type ReplicaRef,
  type ReplicaSpec,
  replicaId,
  revisionId,
  type Volume,
} from '../../../src/model/index.ts'
import { aComponent, aContainer, anOrigin, key } from '../builders.ts'
import { scratchDirectory } from '../scratch.ts'
import { testDocker, testEndpoint } from './engine.ts'
import { EngineThings } from './engine-things.ts'
import { suiteProgram } from './suite-program.ts'

const never = new AbortController().signal
const IMAGE = 'node:22-alpine'
/** Stands in for the program that reads triggers. */
const fakeMeters = new URL('../programs/fake-meters.mjs', import.meta.url).pathname

export interface DockerContainer {
  readonly name: string
  /** A program of the conformance suite, or a command. */
  readonly program: { readonly kind: string; readonly [field: string]: unknown } | readonly string[]
  readonly ports?: readonly number[]
  readonly env?: Readonly<Record<string, string>>
  readonly changes?: Partial<Container>
}

export interface DockerComponent {
  readonly name: string
  readonly hash?: string
  readonly ordinal?: number
  readonly restartToken?: number
  readonly containers: readonly DockerContainer[]
  readonly initContainers?: readonly DockerContainer[]
  readonly volumes?: readonly Volume[]
  readonly hostAliases?: readonly HostAlias[]
  readonly hostname?: string
  /** Files of config maps and secrets by name. */
  readonly files?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const owner: Owner = { environment: 'test', instance: 'daemon-1' }

/** The Docker engine over a state directory of its own on the engine of this run; everything of it goes at the end. */
export class DockerWorld implements AsyncDisposable {
  readonly owner = owner
  readonly docker: Docker = testDocker()
  readonly home: string
  readonly #scratch = scratchDirectory()
  readonly #engines: DockerEngine[] = []
  readonly #metersProgram: string
  readonly #endpoint: string

  constructor(options: { readonly metersProgram?: string; readonly endpoint?: string } = {}) {
    this.#endpoint = options.endpoint ?? testEndpoint()
    this.#metersProgram = options.metersProgram ?? fakeMeters
    this.home = `${this.#scratch.path}/home`
    mkdirSync(this.home, { mode: 0o700 })
    this.openEngine()
  }

  get engine(): DockerEngine {
    const engine = this.#engines.at(-1)
    if (engine === undefined) throw new Error('no engine')
    return engine
  }

  /** A further engine over the same home, as a restarted daemon has one. */
  openEngine(): DockerEngine {
    const engine = new DockerEngine({
      home: this.home,
      usualHome: '/usual',
      clock: systemClock,
      logger: silentLogger,
      edgeProgram: new URL('../../../dist/edge.js', import.meta.url).pathname,
      metersProgram: this.#metersProgram,
      environment: process.env,
      endpoint: this.#endpoint,
    })
    this.#engines.push(engine)
    return engine
  }

  specOf(component: DockerComponent): ReplicaSpec {
    const { name, containers, initContainers = [], volumes = [], hostAliases = [], hostname, ordinal = 0, restartToken = 0 } = component
    const hash = component.hash ?? hashValue([containers, initContainers, volumes, hostAliases, hostname])
    const pod: Pod = {
      containers: containers.map(toContainer),
      initContainers: initContainers.map(toContainer),
      volumes,
      hostAliases,
      graceMs: 5_000,
      ...(hostname === undefined ? {} : { hostname }),
    }
    const spec = aComponent(name).pod(pod).build()
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

  /** The engine's own view of the latest run of a container. */
  async inspect(ref: ReplicaRef, container: string): Promise<Docker.ContainerInspectInfo> {
    const label = [`${LABELS.environment}=${owner.environment}`, `${LABELS.replica}=${ref.id}`, `${LABELS.container}=${container}`]
    const found = await this.docker.listContainers({ all: true, filters: { label: [...label, `${LABELS.role}=pod`] } })
    const [latest] = found.sort((left, right) => Number(right.Labels[LABELS.restarts]) - Number(left.Labels[LABELS.restarts]))
    if (latest === undefined) throw new Error(`no container ${container}`)
    return this.docker.getContainer(latest.Id).inspect()
  }

  /** Containers of readers, running or not. */
  async meters(): Promise<readonly Docker.ContainerInfo[]> {
    return this.things().containers('meters')
  }

  /** What is left of this world on the engine. */
  things(): EngineThings {
    return new EngineThings(testEndpoint(), this.home)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.engine.removeEnvironment(owner, never)
    } finally {
      await this.things().removeAll()
      for (const engine of this.#engines) await engine.release()
      this.#scratch[Symbol.dispose]()
    }
  }
}

function toContainer(container: DockerContainer): Container {
  const { name, program, ports = [], changes } = container
  const { process: _process, ...model } = aContainer(name, {
    image: { from: 'registry', ref: IMAGE },
    command: isCommand(program) ? program : suiteProgram({ port: ports[0], ...program }),
    ports: ports.map((number) => ({ name: `port-${number}`, number, protocol: 'http1', origin: anOrigin('ports') })),
    ...changes,
  })
  return model
}

function isCommand(program: DockerContainer['program']): program is readonly string[] {
  return Array.isArray(program)
}
