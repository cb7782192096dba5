import type { LogLine, LogOptions, ReplicaRef } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { readContainerLog } from './container-log.ts'
import { engineTimeOf, instantOf, isEarlier } from './engine-time.ts'
import type { LogPosition } from './log-cursor.ts'
import { followLogs, type LogBeginning, type SourcedLine } from './log-follow.ts'
import { mergeInOrder } from './merge-sequences.ts'
import { type PodParts, replicaKey } from './parts.ts'
import { findPodContainers, isAlive, type PodContainer } from './pod-containers.ts'

/**
 * The output of all containers of a replica, earlier runs included, as one sequence in order of time. Following goes on over restarts and
 * ends with the replica or at the signal.
 */
export async function* replicaLogs(
  { context, turns }: PodParts,
  of: ReplicaRef,
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  // Whoever removes the replica at this moment waits until its output is being read: a reader that came first gets it.
  const release = turns.hold(replicaKey(of))
  const wanted = ({ name }: PodContainer): boolean => options.container === undefined || name === options.container
  const beginning: LogBeginning = options.since === undefined ? {} : { from: { since: engineTimeOf(options.since), given: 0 } }
  const positions = new Map<string, LogBeginning>()
  try {
    const containers = (await findPodContainers(context, of, signal)).filter(wanted).sort(byTurn)
    for await (const line of readPast(context, { containers, beginning, options, positions }, signal)) {
      release()
      yield toLogLine(of, line)
    }
    release()
    if (!options.follow) return
    const finished = new Set(containers.filter((container) => !isAlive(container)).map(({ id }) => id))
    for await (const line of followLogs(context, { of, wanted, positions, beginning, finished }, signal)) yield toLogLine(of, line)
  } catch (error) {
    // The reader has gone: that is an end like any other.
    if (!signal.aborted) throw error
  } finally {
    release()
  }
}

interface Past {
  readonly containers: readonly PodContainer[]
  readonly beginning: LogBeginning
  readonly options: LogOptions
  /** Filled with where following goes on. */
  readonly positions: Map<string, LogBeginning>
}

type Source = ReturnType<typeof readContainerLog>

async function* readPast(context: DockerContext, past: Past, signal: AbortSignal): AsyncGenerator<SourcedLine> {
  const { containers, beginning, options, positions } = past
  const { tail, follow } = options
  if (tail === 0) {
    for (const { id } of containers) positions.set(id, { tail: 0 })
    return
  }
  const sources = new Map<Source, PodContainer>()
  for (const container of containers) {
    const unfinished = follow && isAlive(container) ? 'leave' : 'give'
    const reading = { container: container.id, follow: false, unfinished, ...beginning, ...(tail === undefined ? {} : { tail }) } as const
    sources.set(readContainerLog(context, reading, signal), container)
  }
  const noteEnd = (source: Source, from: LogPosition | undefined): void => {
    const id = sources.get(source)?.id
    if (id !== undefined && from !== undefined) positions.set(id, { from })
  }
  const last: SourcedLine[] = []
  for await (const [source, { line }] of mergeInOrder(
    [...sources.keys()],
    (left, right) => isEarlier(left.line.time, right.line.time),
    noteEnd,
  )) {
    const container = sources.get(source)
    if (container === undefined) continue
    if (tail === undefined) yield [container, line]
    else last.push([container, line])
    if (last.length > (tail ?? 0)) last.shift()
  }
  yield* last
}

/** In the order in which they ran, as far as that is known: it counts where lines have the same time. */
function byTurn(left: PodContainer, right: PodContainer): number {
  return Number(right.role === 'init') - Number(left.role === 'init') || left.restarts - right.restarts
}

function toLogLine({ id: replica }: ReplicaRef, [{ name, role }, { time, stream, text }]: SourcedLine): LogLine {
  return { at: instantOf(time), replica, container: name, source: role, stream, text }
}
