import { FaultError } from '../kernel/fault.ts'
import { instant } from '../kernel/instant.ts'
import type { Engine, LogLine, LogOptions, Owner } from '../model/engine.ts'
import type { ObservedReplica } from '../model/observed.ts'
import type { LogRecord } from '../wire/answers.ts'
import type { LogQuery } from './environment-control.ts'
import { RefusalError } from './ports.ts'
import type { ControlState } from './state.ts'

export interface LogPorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly state: () => ControlState
  /** Calls back after each pass, so that replicas that start later are followed too. */
  readonly onPass: (listener: (state: ControlState) => void) => Disposable
}

/** Lines of the replicas that match; in order of time when not following, by arrival and with replicas that start later when following. */
export async function* readLogs(query: LogQuery, ports: LogPorts, signal: AbortSignal): AsyncIterable<LogRecord> {
  checkNames(query, ports.state())
  if (query.follow) {
    yield* follow(query, ports, signal)
    return
  }
  yield* mergeByTime(matching(query, ports.state()).map((replica) => recordsOf(replica, query, ports, signal)))
}

function checkNames(query: LogQuery, state: ControlState): void {
  const known = new Set<string>()
  for (const app of state.apps.values()) {
    for (const source of [...app.model.components, ...[...app.applied.values()].map((item) => item.source)]) {
      known.add(source.name)
      known.add(source.key)
    }
  }
  for (const name of query.components) {
    if (known.has(name)) continue
    throw new RefusalError(404, {
      code: 'MP8004',
      message: `there is no component "${name}"`,
      next: `running here: ${[...known].sort().join(', ')}`,
    })
  }
  checkContainer(query, state)
}

/** A container that neither a replica nor a revision has would show nothing for ever. */
function checkContainer(query: LogQuery, state: ControlState): void {
  const { container } = query
  if (container === undefined) return
  const revisions = new Set(matching(query, state).map((replica) => state.revisions.get(replica.revision)))
  const names = [...revisions].flatMap((revision) => [
    ...(revision?.spec.pod.initContainers ?? []),
    ...(revision?.spec.pod.containers ?? []),
  ])
  const known = new Set([...names, ...matching(query, state).flatMap((replica) => replica.containers)].map(({ name }) => name))
  if (known.size === 0 || known.has(container)) return
  throw new RefusalError(404, {
    code: 'MP4108',
    message: `there is no container "${container}"`,
    next: `containers here: ${[...known].sort().join(', ')}`,
  })
}

function matching(query: LogQuery, state: ControlState): readonly ObservedReplica[] {
  return (state.observed?.replicas ?? []).filter((replica) => {
    if (query.app !== undefined && replica.app !== query.app) return false
    if (query.components.length === 0) return true
    const name = state.revisions.get(replica.revision)?.spec.name ?? replica.component
    return query.components.includes(replica.component) || query.components.includes(name)
  })
}

function toRecord(line: LogLine, replica: ObservedReplica): LogRecord {
  const { at, container, source, stream, text } = line
  return {
    at,
    app: replica.app,
    component: replica.component,
    replica: replica.id,
    ordinal: replica.ordinal,
    container,
    source,
    stream,
    text,
  }
}

function lineOptions(query: LogQuery): Omit<LogOptions, 'follow'> {
  return {
    ...(query.since === undefined ? {} : { since: instant(query.since) }),
    ...(query.tail === undefined ? {} : { tail: query.tail }),
    ...(query.container === undefined ? {} : { container: query.container }),
  }
}

async function* recordsOf(replica: ObservedReplica, query: LogQuery, ports: LogPorts, signal: AbortSignal): AsyncGenerator<LogRecord> {
  for await (const line of linesOf(replica, { follow: false, ...lineOptions(query) }, ports, signal)) yield toRecord(line, replica)
}

/** A replica that is gone by now has no lines. */
async function* linesOf(replica: ObservedReplica, options: LogOptions, ports: LogPorts, signal: AbortSignal): AsyncGenerator<LogLine> {
  try {
    yield* ports.engine.logs({ owner: ports.owner, id: replica.id }, options, signal)
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.kind !== 'not-found') throw error
  }
}

/** Sequences that are each in order of time, as one; holds one record of each, however long they are. */
async function* mergeByTime(sequences: readonly AsyncGenerator<LogRecord>[]): AsyncGenerator<LogRecord> {
  const firsts = await Promise.all(sequences.map(async (sequence) => ({ sequence, next: await sequence.next() })))
  const heads = firsts.flatMap(({ sequence, next }) => (next.done === true ? [] : [{ sequence, record: next.value }]))
  while (heads.length > 0) {
    let first = 0
    for (const [index, head] of heads.entries()) if (head.record.at < (heads[first]?.record.at ?? 0)) first = index
    const head = heads[first]
    if (head === undefined) return
    yield head.record
    const next = await head.sequence.next()
    if (next.done === true) heads.splice(first, 1)
    else head.record = next.value
  }
}

/** Lines that wait for a slow reader; beyond it the engine's files are the buffer. */
const MAX_QUEUED = 5000

async function* follow(query: LogQuery, ports: LogPorts, signal: AbortSignal): AsyncIterable<LogRecord> {
  const queue = new LogQueue(signal)
  const followed = new Map<string, Followed>()
  const pump = async (replica: ObservedReplica, options: LogOptions, state: Followed): Promise<void> => {
    for await (const line of linesOf(replica, options, ports, signal)) await queue.push(toRecord(line, replica))
    state.ended = true
  }
  const begin = (replica: ObservedReplica, options: LogOptions): void => {
    const known = followed.get(replica.id)
    const run = runOf(replica) ?? known?.run ?? ''
    // A start that failed is made again under the same name, with output of its own.
    if (known !== undefined && (!known.ended || known.run === run)) {
      if (!known.ended) known.run = run
      return
    }
    const state: Followed = { run, ended: false }
    followed.set(replica.id, state)
    pump(replica, options, state).catch((error: unknown) => queue.fail(error))
  }
  for (const replica of matching(query, ports.state())) begin(replica, { follow: true, ...lineOptions(query) })
  const { tail: _tail, ...later } = lineOptions(query)
  using _passes = ports.onPass((state) => {
    for (const replica of matching(query, state)) begin(replica, { follow: true, ...later })
  })
  yield* queue.records()
}

interface Followed {
  run: string
  ended: boolean
}

/** Tells a replica from an earlier one of its name: when the first of its containers began; undefined once that was restarted in place. */
function runOf(replica: ObservedReplica): string | undefined {
  const [first] = replica.containers
  return first?.startedAt === undefined || first.restarts > 0 ? undefined : String(first.startedAt)
}

/** Records of several streams for one reader. */
class LogQueue {
  readonly #signal: AbortSignal
  #queue: LogRecord[] = []
  #wakeReader = (): void => {}
  #wakeWriters: (() => void)[] = []
  #failure: { readonly error: unknown } | undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wakeAll(), { once: true })
  }

  async push(record: LogRecord): Promise<void> {
    this.#queue.push(record)
    this.#wakeReader()
    while (this.#queue.length >= MAX_QUEUED && !this.#signal.aborted) await new Promise<void>((resolve) => this.#wakeWriters.push(resolve))
  }

  fail(error: unknown): void {
    if (this.#signal.aborted) return
    this.#failure = { error }
    this.#wakeAll()
  }

  async *records(): AsyncIterable<LogRecord> {
    while (!this.#signal.aborted) {
      const batch = this.#queue
      this.#queue = []
      for (const wake of this.#wakeWriters.splice(0)) wake()
      yield* batch
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#queue.length === 0 && !this.#signal.aborted) await new Promise<void>((resolve) => (this.#wakeReader = resolve))
    }
  }

  #wakeAll(): void {
    this.#wakeReader()
    for (const wake of this.#wakeWriters.splice(0)) wake()
  }
}
