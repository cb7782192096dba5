import { type FSWatcher, readFileSync, statSync, watch } from 'node:fs'
import { after, type Instant, instant } from '../../../src/kernel/instant.ts'
import type { Endpoint, ReplicaSpec } from '../../../src/model/engine.ts'
import { isAlive } from '../../process-identity/identity.ts'
import { endMembers, type GroupTrace } from '../../process-identity/process-group.ts'
import { replicaMarks } from '../../process-identity/replica-trace.ts'
import type { EngineContext } from './context.ts'
import { noteExit } from './launch.ts'
import { LogStream } from './log-stream.ts'
import { LogWatch } from './log-watch.ts'
import { type ContainerRecord, type LocalPort, type ReplicaRecord, replicaFiles, writeReplica } from './replica-record.ts'

/** Exit code of a process that SIGKILL ended. Source: POSIX, 128 + 9. */
const KILLED = 137

/** Where a container port is served: at the assigned local port, or at its own number, which only one replica can have. */
export interface Listener extends Endpoint {
  readonly at: 'assigned' | 'declared'
}

export interface ContainerExit {
  readonly code: number
  readonly at: Instant
}

/** A replica of this engine: its record on disk, what is known of its processes, and its output. */
export class Replica {
  readonly directory: string
  readonly files: ReturnType<typeof replicaFiles>
  readonly context: EngineContext
  /** Of the last start by this engine; where an environment cannot be read from a process, it is asked again. */
  spec: ReplicaSpec | undefined
  /** Where the ports of containers were found to be served, by container, start and number. */
  readonly listeners = new Map<string, Listener>()
  /** Aborts a start that waits for an init container or a hook. */
  readonly abandoned = new AbortController()
  #record: ReplicaRecord
  #streams: readonly LogStream[] = []
  #logs: LogWatch | undefined
  #exitWatch: FSWatcher | undefined
  readonly #exits = new Map<string, ContainerExit>()
  /** Containers whose process is our child and has not ended. */
  readonly #children = new Map<string, Promise<void>>()
  /** Containers that are being ended with a grace: what is left of them is not killed at once. */
  readonly #ending = new Set<string>()
  readonly #cleaning = new Map<string, Promise<void>>()
  #changed = false
  #writing: Promise<void> | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #gone = false

  constructor(context: EngineContext, directory: string, record: ReplicaRecord) {
    this.context = context
    this.directory = directory
    this.files = replicaFiles(directory)
    this.#record = record
  }

  get record(): ReplicaRecord {
    return this.#record
  }

  get streams(): readonly LogStream[] {
    return this.#streams
  }

  /** The declared port that a container listens on instead of the assigned one. */
  get fixedPort(): LocalPort | undefined {
    for (const container of this.#record.containers) {
      const found = container.ports.find((port) => this.listeners.get(listenerKey(container, port))?.at === 'declared')
      if (found !== undefined) return found
    }
    return undefined
  }

  /** What is wrong, in words; see `ObservedReplica.unhealthy`. */
  get note(): string | undefined {
    const port = this.fixedPort
    return port === undefined ? undefined : `listens on ${port.number} instead of PORT=${port.local}`
  }

  /** Changes the record in memory at once, and on disk when the promise resolves. */
  async update(change: Partial<ReplicaRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change }
    this.#changed = true
    this.#writing ??= this.#write()
    await this.#writing
  }

  /** One writer at a time; changes that come meanwhile share the next write. */
  async #write(): Promise<void> {
    try {
      while (this.#changed && !this.#gone) {
        this.#changed = false
        await writeReplica(this.directory, this.#record)
      }
    } finally {
      this.#writing = undefined
    }
  }

  async updateContainer(name: string, change: Partial<ContainerRecord>): Promise<void> {
    await this.update({
      containers: this.#record.containers.map((container) => (container.name === name ? { ...container, ...change } : container)),
    })
  }

  container(name: string): ContainerRecord | undefined {
    return this.#record.containers.find((container) => container.name === name)
  }

  /** One change at a time: starts, restarts and ends of a replica do not overlap. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Takes up the output that an earlier engine noted, then watches. */
  async adopt(): Promise<void> {
    await Promise.all(this.#openStreams().map((stream) => stream.load()))
    this.watch()
  }

  /** Begins to note output and exits. */
  watch(): void {
    if (this.#streams.length === 0) this.#openStreams()
    this.#logs = new LogWatch(this.files.logs, this.#streams, this.context.clock)
    this.#logs.start()
    try {
      this.#exitWatch = watch(this.directory, { persistent: false }, (_, file) => {
        if (file?.endsWith('.exit') === true) this.#noticeExits()
      })
      this.#exitWatch.on('error', () => this.#exitWatch?.close())
    } catch {
      // Without watches, ends of adopted processes are noticed by the sweep of the control core.
    }
  }

  #openStreams(): readonly LogStream[] {
    this.#streams = this.#record.containers.flatMap(({ name, role }) =>
      (['out', 'err'] as const).map(
        (stream) =>
          new LogStream({
            container: name,
            source: role,
            stream,
            path: this.files.log(name, stream),
            index: `${this.files.logIndex}/${name}.${stream}`,
          }),
      ),
    )
    return this.#streams
  }

  /** Stops noting; the processes stay as they are. */
  unwatch(): void {
    this.#logs?.stop()
    this.#exitWatch?.close()
  }

  /** No record is written any more, and readers of the output come to an end. */
  async close(): Promise<void> {
    this.#gone = true
    this.unwatch()
    for (const stream of this.#streams) {
      stream.closed = true
      stream.wake()
    }
    await Promise.allSettled([this.#writing, ...this.#cleaning.values(), ...this.#streams.map((stream) => stream.flush())])
  }

  /** A container was started by this engine; `ended` resolves when its process is over. */
  started(name: string, ended: Promise<void>): void {
    this.#exits.delete(name)
    this.#children.set(name, ended)
    for (const stream of this.#streamsOf(name)) stream.quiet = false
    void ended.then(() => {
      if (this.#children.get(name) !== ended) return
      this.#children.delete(name)
      this.exitOf(name)
    })
  }

  /** How the container ended; undefined while it runs or before its first start. Notes an end that nobody noted. */
  exitOf(name: string): ContainerExit | undefined {
    const known = this.#exits.get(name)
    if (known !== undefined) return known
    const container = this.container(name)
    if (container?.process === undefined || this.#children.has(name)) return undefined
    const file = this.files.exit(name, container.restarts)
    let exit = readExit(file)
    if (exit === undefined) {
      if (isAlive(container.process)) return undefined
      // The shim writes before it ends; if it could not, it was killed.
      exit = readExit(file)
      if (exit === undefined) {
        noteExit(file, KILLED)
        exit = readExit(file) ?? { code: KILLED, at: this.context.clock.now() }
      }
    }
    this.#exits.set(name, exit)
    this.#logs?.look()
    for (const stream of this.#streamsOf(name)) {
      stream.quiet = true
      stream.wake()
    }
    if (!this.#ending.has(name)) this.#cleanUp(container)
    this.context.hints.post(this.#record.environment, this.#record.id)
    return exit
  }

  /** Waits until the end of a child was noticed. */
  async ended(name: string): Promise<ContainerExit | undefined> {
    await this.#children.get(name)
    return this.exitOf(name)
  }

  isRunning(name: string): boolean {
    return this.container(name)?.process !== undefined && this.exitOf(name) === undefined
  }

  traceOf(container: ContainerRecord): GroupTrace {
    return { leader: container.process, marks: replicaMarks(this.directory, container.name) }
  }

  /** Everything that came from this replica, also from commands that were run in it. */
  trace(): GroupTrace {
    return { leader: undefined, marks: replicaMarks(this.directory) }
  }

  /** While the work runs, what a container leaves behind has its grace too. */
  async whileEnding<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.#ending.add(name)
    try {
      return await work()
    } finally {
      this.#ending.delete(name)
    }
  }

  /** What an ended container left behind is gone, and with it the ports it held. */
  async cleaned(name: string): Promise<void> {
    await this.#cleaning.get(name)
  }

  /** As in a container, nothing outlives the first process. */
  #cleanUp(container: ContainerRecord): void {
    const { clock } = this.context
    const cleaning = endMembers(this.traceOf(container), { clock, until: after(clock.now(), 0) }).catch(() => {})
    this.#cleaning.set(container.name, cleaning)
  }

  #streamsOf(name: string): readonly LogStream[] {
    return this.#streams.filter(({ place }) => place.container === name)
  }

  #noticeExits(): void {
    for (const { name } of this.#record.containers) this.exitOf(name)
  }
}

/** A restarted container listens anew. */
export function listenerKey(container: ContainerRecord, port: LocalPort): string {
  return `${container.name}.${container.restarts}.${port.number}`
}

function readExit(file: string): ContainerExit | undefined {
  try {
    const text = readFileSync(file, 'latin1').trim()
    return text === '' ? undefined : { code: Number(text), at: instant(Math.round(statSync(file).mtimeMs)) }
  } catch {
    return undefined
  }
}
