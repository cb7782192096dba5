import type Docker from 'dockerode'
import type { ReplicaSpec } from '../../../src/model/engine.ts'
import { DockerWorld } from '../../kit/docker/docker-world.ts'
import { runBounded } from '../../kit/run-bounded.ts'
import { type Goal, interleave, median } from '../harness.ts'
import { ratio } from './life-cycle.ts'

export const REPLICAS = 50
/** Twice the processors of the machine that the goals were found on: more at once is not faster. */
const AT_ONCE = 4
const IMAGE = 'busybox:1.36'
const COMMAND = ['sleep', '2147483647']
const NETWORK = 'minipaas-bench-plain'

const never = new AbortController().signal

/**
 * Fifty replicas started into fifty ready sandboxes against as many containers created and started on a user network, the same number
 * at once; and the end of one of each, from the order until nothing of it is left.
 */
export async function measureStarts(rounds = { all: 3, one: 15 }): Promise<readonly Goal[]> {
  await using world = new DockerWorld()
  const plain = new PlainContainers(world.docker)
  const sandboxed = new SandboxedReplicas(world)
  await plain.prepare()
  await sandboxed.prepare()
  try {
    const prepared: number[] = []
    const sides = {
      sandboxed: async () => {
        prepared.push(await timed(() => all((ordinal) => sandboxed.prepareSandbox(ordinal))))
        const took = await timed(() => all((ordinal) => sandboxed.start(ordinal)))
        await all((ordinal) => sandboxed.remove(ordinal))
        await all((ordinal) => sandboxed.removeSandbox(ordinal))
        return took
      },
      plain: async () => {
        const took = await timed(() => all((ordinal) => plain.start(ordinal)))
        await all((ordinal) => plain.remove(ordinal))
        return took
      },
    }
    const started = await interleave(sides, { rounds: rounds.all, warmUp: 1 })
    const ended = await interleave(
      {
        sandboxed: async () => {
          await sandboxed.start(0)
          return timed(() => sandboxed.remove(0))
        },
        plain: async () => {
          await plain.start(0)
          return timed(() => plain.remove(0))
        },
      },
      { rounds: rounds.one },
    )
    const starts = ratio(`${REPLICAS} starts into ready sandboxes / user network`, started.sandboxed, started.plain, 0.35)
    const cost = `the sandboxes themselves ${median(prepared.slice(1)).toFixed(0)} ms`
    return [
      { ...starts, detail: `${starts.detail}; ${cost}; ${AT_ONCE} at once` },
      ratio('one kill to gone / user network', ended.sandboxed, ended.plain, 0.6),
    ]
  } finally {
    await plain.dispose()
  }
}

/** Replicas of one component through the engine, as the control core orders them. */
class SandboxedReplicas {
  readonly #world: DockerWorld

  constructor(world: DockerWorld) {
    this.#world = world
  }

  async prepare(): Promise<void> {
    const { engine, owner } = this.#world
    await engine.networks.ensure(owner.environment, owner, never)
  }

  prepareSandbox(ordinal: number): Promise<void> {
    const { engine, owner } = this.#world
    const { revision } = this.#spec(ordinal)
    return engine.sandboxes.prepare(owner, { component: revision.component, ordinal, revision }, never)
  }

  removeSandbox(ordinal: number): Promise<void> {
    const { engine, owner } = this.#world
    return engine.sandboxes.remove(owner, { component: this.#spec(ordinal).revision.component, ordinal }, never)
  }

  start(ordinal: number): Promise<void> {
    return this.#world.engine.startReplica(this.#spec(ordinal), never)
  }

  remove(ordinal: number): Promise<void> {
    return this.#world.engine.removeReplica(this.#spec(ordinal).ref, never)
  }

  #spec(ordinal: number): ReplicaSpec {
    return sleeperSpec(this.#world, ordinal)
  }
}

export function sleeperSpec(world: DockerWorld, ordinal: number): ReplicaSpec {
  const changes = { image: { from: 'registry', ref: IMAGE } } as const
  return world.specOf({ name: 'sleeper', ordinal, containers: [{ name: 'sleeper', program: COMMAND, changes }] })
}

/** The same program in containers without anything around them. */
class PlainContainers {
  readonly #docker: Docker

  constructor(docker: Docker) {
    this.#docker = docker
  }

  async prepare(): Promise<void> {
    await this.#docker.createNetwork({ Name: NETWORK })
  }

  async start(ordinal: number): Promise<void> {
    const container = await this.#docker.createContainer({
      name: nameOf(ordinal),
      Image: IMAGE,
      Cmd: COMMAND,
      HostConfig: { NetworkMode: NETWORK, Init: true },
    })
    await container.start()
  }

  async remove(ordinal: number): Promise<void> {
    await this.#docker.getContainer(nameOf(ordinal)).remove({ force: true })
  }

  async dispose(): Promise<void> {
    await this.#docker.getNetwork(NETWORK).remove()
  }
}

function nameOf(ordinal: number): string {
  return `${NETWORK}-${ordinal}`
}

/** Throws with the first failure, after all have come to an end. */
export async function all(work: (ordinal: number) => Promise<void>): Promise<void> {
  const results = await runBounded([...Array(REPLICAS).keys()], AT_ONCE, work)
  const failed = results.find(({ error }) => error !== undefined)
  if (failed !== undefined) throw new Error(failed.error)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
