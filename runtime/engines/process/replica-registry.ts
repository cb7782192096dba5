import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Owner, ReplicaRef } from '../../../src/model/engine.ts'
import { environmentLayout } from '../../process-identity/home-layout.ts'
import { endMembers } from '../../process-identity/process-group.ts'
import { endRecordedReplica, removeRuntimeDirectory } from '../../process-identity/replica-trace.ts'
import type { EngineContext } from './context.ts'
import { faults } from './faults.ts'
import { checkName, isSafeName } from './names.ts'
import { Replica } from './replica.ts'
import { hasRecord, readReplica } from './replica-record.ts'

/** The replicas of each environment. The first question about one takes over what an earlier engine left there. */
export class ReplicaRegistry {
  readonly context: EngineContext
  readonly #environments = new Map<string, Promise<Map<string, Replica>>>()
  readonly #destroyed = new WeakMap<Replica, Promise<void>>()

  constructor(context: EngineContext) {
    this.context = context
  }

  async all(owner: Owner): Promise<Map<string, Replica>> {
    const name = checkName('an environment', owner.environment)
    let opened = this.#environments.get(name)
    if (opened === undefined) {
      opened = this.#adopt(name)
      this.#environments.set(name, opened)
      opened.catch(() => this.#environments.delete(name))
    }
    return opened
  }

  async find(of: ReplicaRef): Promise<Replica | undefined> {
    return (await this.all(of.owner)).get(of.id)
  }

  async get(of: ReplicaRef): Promise<Replica> {
    const replica = await this.find(of)
    if (replica === undefined) throw faults.noReplica(of)
    return replica
  }

  directoryOf(of: ReplicaRef): string {
    const { replicas } = environmentLayout(this.context.home, checkName('an environment', of.owner.environment))
    return join(replicas, checkName('a replica', of.id))
  }

  /** Ends everything of a replica at once and forgets it with its files; once, since its directory may soon be that of a successor. */
  destroy(replica: Replica): Promise<void> {
    const known = this.#destroyed.get(replica)
    if (known !== undefined) return known
    const destroyed = this.#destroy(replica)
    this.#destroyed.set(replica, destroyed)
    destroyed.catch(() => this.#destroyed.delete(replica))
    return destroyed
  }

  async #destroy(replica: Replica): Promise<void> {
    await this.#erase(replica)
    const { environment, id } = replica.record
    const known = await this.#environments.get(environment)
    if (known?.get(id) === replica) known.delete(id)
    this.context.hints.post(environment, id)
  }

  /** Ends what a failed start left running; its output stays, and the replica to be seen, until it is started again or removed. */
  async keepFailed(replica: Replica): Promise<void> {
    await endAll(replica)
    await replica.update({ progress: 'failed' })
    const { environment, id } = replica.record
    this.context.hints.post(environment, id)
  }

  async #erase(replica: Replica): Promise<void> {
    const { record, context } = replica
    replica.abandoned.abort()
    await endAll(replica)
    await replica.close()
    if (record.runtimeDirectory !== undefined) await removeRuntimeDirectory(record.runtimeDirectory)
    await rm(replica.directory, { recursive: true, force: true, maxRetries: 3, retryDelay: 20 })
    for (const { ports } of record.containers) for (const { local } of ports) context.ports.release(local)
  }

  forget(environment: string): void {
    this.#environments.delete(environment)
  }

  /** Lets go of files and watches; processes stay. */
  async release(): Promise<void> {
    for (const opened of this.#environments.values()) {
      for (const replica of (await opened).values()) replica.unwatch()
    }
    this.#environments.clear()
  }

  async #adopt(environment: string): Promise<Map<string, Replica>> {
    const { replicas } = environmentLayout(this.context.home, environment)
    const known = new Map<string, Replica>()
    const names = await readdir(replicas).catch(() => [])
    await Promise.all(
      names.filter(isSafeName).map(async (name) => {
        const directory = join(replicas, name)
        const record = readReplica(directory)
        if (record === undefined) {
          // A start that was interrupted before its record was written; what cannot be read is not touched.
          if (!hasRecord(directory)) await endRecordedReplica(directory, { clock: this.context.clock, until: this.context.clock.now() })
          return
        }
        const replica = new Replica(this.context, directory, record)
        // Nobody goes on with an interrupted start or sits before an interrupted session.
        if (record.progress === 'starting' || record.kind === 'one-off') return this.#erase(replica)
        for (const { ports } of record.containers) for (const { local } of ports) this.context.ports.adopt(local)
        await replica.adopt()
        known.set(record.id, replica)
      }),
    )
    return known
  }
}

async function endAll(replica: Replica): Promise<void> {
  const { clock } = replica.context
  const traces = [...replica.record.containers.map((container) => replica.traceOf(container)), replica.trace()]
  await Promise.all(traces.map((trace) => endMembers(trace, { clock, until: clock.now() })))
}
