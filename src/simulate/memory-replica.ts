import type { Clock } from '../kernel/clock.ts'
import { type Instant, instant, type Millis } from '../kernel/instant.ts'
import type { LogLine, ReplicaSpec } from '../model/engine.ts'
import type { ContainerRole, ObservedReplica } from '../model/observed.ts'
import { faults } from './faults.ts'
import { MemoryContainer } from './memory-container.ts'
import { MemoryLog } from './memory-log.ts'
import { type Behaviour, type Script, scriptFor } from './scenario.ts'

export interface ReplicaPorts {
  readonly clock: Clock
  readonly behaviour: () => Behaviour
  readonly changed: () => void
}

/** One replica of the memory engine: containers, their output, and what it reports. */
export class MemoryReplica {
  readonly log = new MemoryLog()
  readonly containers: readonly MemoryContainer[]
  readonly #spec: ReplicaSpec
  readonly #ports: ReplicaPorts
  #progress: 'starting' | 'started' = 'starting'
  #since: Instant
  #restartToken: number
  #frozen = false
  unhealthy: string | undefined

  constructor(spec: ReplicaSpec, ports: ReplicaPorts) {
    this.#spec = spec
    this.#ports = ports
    this.#since = ports.clock.now()
    this.#restartToken = spec.restartToken
    const { initContainers, containers } = spec.revision.spec.pod
    this.containers = [
      ...initContainers.map(({ name }) => this.#container(name, 'init')),
      ...containers.map(({ name }, index) => this.#container(name, index === 0 ? 'app' : 'sidecar')),
      ...spec.sidecars.map(({ container }) => this.#container(container.name, 'sidecar')),
    ]
  }

  get spec(): ReplicaSpec {
    return this.#spec
  }

  get frozen(): boolean {
    return this.#frozen
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen
    this.#ports.changed()
  }

  container(name: string): MemoryContainer | undefined {
    return this.containers.find((container) => container.name === name)
  }

  /** The application's container. */
  get main(): MemoryContainer {
    return this.need(this.#spec.revision.spec.pod.containers[0]?.name ?? this.#spec.revision.spec.name)
  }

  need(name: string): MemoryContainer {
    const container = this.container(name)
    if (container === undefined)
      throw faults.noContainer(
        this.#spec.ref,
        name,
        this.containers.map((known) => known.name),
      )
    return container
  }

  /** The container that listens on a port; the application's when none declares it. */
  listener(port: number): MemoryContainer {
    const owner = this.#spec.revision.spec.pod.containers.find(({ ports }) => ports.some(({ number }) => number === port))
    return owner === undefined ? this.main : this.need(owner.name)
  }

  /** Init containers one after the other, then all others at once. */
  async start(signal: AbortSignal): Promise<void> {
    for (const container of this.containers) {
      if (container.role !== 'init') continue
      await container.start(signal)
      await orAborted(container.ended(), signal)
      if (container.exitCode === 0) continue
      throw faults.initFailed(container.name, container.exitCode)
    }
    await Promise.all(this.containers.filter(({ role }) => role !== 'init').map((container) => container.start(signal)))
    this.#progress = 'started'
    this.#since = this.#ports.clock.now()
    this.#ports.changed()
  }

  async restart(name: string, order: { readonly token: number; readonly graceMs: Millis }, signal: AbortSignal): Promise<void> {
    const container = this.need(name)
    // Nothing that is frozen could end.
    this.#frozen = false
    await container.stop(order.graceMs, signal)
    await container.start(signal)
    this.#restartToken = order.token
    this.#ports.changed()
  }

  async stop(graceMs: Millis, signal: AbortSignal): Promise<void> {
    await Promise.all(this.containers.map((container) => container.stop(graceMs, signal)))
  }

  /** Ends everything at once and forgets it. */
  discard(): void {
    for (const container of this.containers) container.end(137, 'SIGKILL')
    this.log.close()
  }

  observe(): ObservedReplica {
    const { ref, app, revision, ordinal } = this.#spec
    const main = this.containers.filter(({ role }) => role !== 'init')
    const over = this.#progress === 'started' && main.every(({ state }) => state === 'exited')
    const containers = this.containers.map((container) => container.observe())
    return {
      id: ref.id,
      app,
      component: revision.component,
      revision: revision.id,
      ordinal,
      phase: this.#progress === 'starting' ? 'starting' : over ? 'exited' : 'running',
      since: over ? latest(containers.map(({ since }) => since)) : this.#since,
      restartToken: this.#restartToken,
      pushToken: 0,
      frozen: this.#frozen,
      containers,
      ...(this.unhealthy === undefined ? {} : { unhealthy: this.unhealthy }),
    }
  }

  #container(name: string, role: ContainerRole): MemoryContainer {
    const { clock, behaviour, changed } = this.#ports
    const { revision, ordinal, ref } = this.#spec
    const script = (restarts: number): Script =>
      scriptFor(behaviour(), { component: revision.component, revision: revision.id, ordinal, container: name, restarts })
    const source: LogLine['source'] = role
    const say = (stream: LogLine['stream'], text: string): void =>
      this.log.add({ at: clock.now(), replica: ref.id, container: name, source, stream, text })
    return new MemoryContainer({ clock, name, role, script, say, changed })
  }
}

function latest(times: readonly Instant[]): Instant {
  return instant(Math.max(...times))
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void work.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
