import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EDGE_NODE_FLAGS } from '../../../runtime/engines/shared/edge-channel.ts'
import type { EdgeBackend, EdgeListener, EdgeMessage, EdgeTable } from '../../../src/model/edge.ts'
import { backendId, DEFAULT_MAX_HELD } from '../../../src/model/edge.ts'
import type { ComponentKey, ReplicaId, RevisionId } from '../../../src/model/names.ts'
import { FrameReader, writeFrame } from '../../../src/wire/edge-frames.ts'
import { DIST } from '../house/place.ts'
import { MEASURED_CORE, PinnedProgram } from './pinned.ts'

/** Routes as an environment of some size has them. */
const OTHER_HOSTS = 50

export interface Served {
  readonly name: string
  /** Ports of its replicas. */
  readonly ports: readonly number[]
}

/**
 * The edge as it is shipped, with a table as of an environment: 50 other hosts, default routes, a service listener for each component.
 * `<name>.bench.localhost` and, at the listener of the routes, every host lead to the first component.
 */
export class EdgeUnderTest implements AsyncDisposable {
  readonly #program: PinnedProgram
  readonly #directory = mkdtempSync(join(tmpdir(), 'minipaas-bench-edge-'))
  #bound: Readonly<Record<string, number>> = {}

  private constructor() {
    const command = [
      process.execPath,
      ...EDGE_NODE_FLAGS,
      join(DIST, 'edge.js'),
      '--directory',
      this.#directory,
      '--environment',
      'bench',
      '--control',
      'stdio',
    ]
    this.#program = new PinnedProgram(MEASURED_CORE, command, { controlled: true })
  }

  static async start(...served: readonly Served[]): Promise<EdgeUnderTest> {
    const edge = new EdgeUnderTest()
    await edge.#push(tableOf(served))
    return edge
  }

  /** Where every host leads to the first component. */
  get web(): number {
    return this.#port('web')
  }

  service(name: string): number {
    return this.#port(`service/${name}`)
  }

  get pid(): number {
    return this.#program.child.pid ?? 0
  }

  #port(listener: string): number {
    const port = this.#bound[listener]
    if (port === undefined) throw new Error(`the edge has no listener ${listener}`)
    return port
  }

  #push(table: EdgeTable): Promise<void> {
    const { stdin, stdout } = this.#program.child
    return new Promise((resolve, reject) => {
      const reader = new FrameReader<EdgeMessage>()
      stdout?.on('data', (chunk: Buffer) => {
        for (const message of reader.push(chunk)) {
          if (message.type !== 'ack') continue
          if (message.problems.length > 0) reject(new Error(message.problems.map((problem) => problem.message).join('; ')))
          this.#bound = message.bound
          resolve()
        }
      })
      stdin?.write(writeFrame({ type: 'table', table }))
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

function tableOf(served: readonly Served[]): EdgeTable {
  const backends = served.map(backendOf)
  const targets = (backend: EdgeBackend): EdgeTable['routes'][number]['targets'] => [{ backend: backend.id, upTo: 1 }]
  const first = backends[0]
  if (first === undefined) throw new Error('nothing is served')
  const common = { pathType: 'prefix', holdMs: 10_000 } as const
  return {
    version: 1,
    environment: 'bench',
    listeners: [
      { id: 'web', host: '127.0.0.1', port: 0, taken: 'any', serve: { by: 'routes' } },
      ...backends.map(
        ({ id, component }): EdgeListener => ({
          id: `service/${component}`,
          host: '127.0.0.1',
          port: 0,
          taken: 'any',
          serve: { by: 'backend', backend: id },
        }),
      ),
    ],
    routes: [
      ...Array.from({ length: OTHER_HOSTS }, (_, index) => ({
        ...common,
        host: `c${index}.bench.localhost`,
        path: '/',
        targets: targets(first),
      })),
      ...backends.map((backend) => ({ ...common, host: `${backend.component}.bench.localhost`, path: '/', targets: targets(backend) })),
      { ...common, path: '/', targets: targets(first) },
    ],
    backends,
    probes: [],
    names: [],
  }
}

function backendOf({ name, ports }: Served): EdgeBackend {
  const component = name as ComponentKey
  return {
    id: backendId(component, 80),
    component,
    app: 'bench',
    replicas: ports.map((port, index) => ({
      id: `${name}--a.${index}` as ReplicaId,
      revision: `${name}--a` as RevisionId,
      host: '127.0.0.1',
      port,
    })),
    starting: [],
    draining: [],
    gate: { mode: 'hold', reason: 'starting' },
    maxHeld: DEFAULT_MAX_HELD,
    holdMs: 10_000,
  }
}
