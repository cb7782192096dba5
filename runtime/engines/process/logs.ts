import type { Clock } from '../../../src/kernel/clock.ts'
import type { LogLine, LogOptions } from '../../../src/model/engine.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import { firstPosition, isBefore, positionOfTail, positionSince, readLines, type TimedLine } from './log-lines.ts'
import type { LogPosition, LogStream } from './log-stream.ts'

interface Reader {
  readonly stream: LogStream
  readonly lines: AsyncGenerator<TimedLine, LogPosition>
}

/**
 * The output of a replica's containers as one sequence in order of time. Following goes on over restarts and ends with
 * the replica. Nothing is read ahead: a slow reader costs neither memory nor the process.
 */
export async function* replicaLogs(
  source: { readonly id: ReplicaId; readonly streams: readonly LogStream[]; readonly clock: Clock },
  options: LogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const { id, clock } = source
  const streams = source.streams.filter(({ place }) => options.container === undefined || place.container === options.container)
  const now = (): ReturnType<Clock['now']> => clock.now()
  for (const stream of streams) stream.poll(now())
  const past = await Promise.all(
    streams.map(async (stream): Promise<Reader> => {
      const from = await begin(stream, options)
      stream.poll(now())
      const until = { generation: stream.generation, offset: stream.seen }
      return { stream, lines: readLines(stream, { from, until, atEnd: options.follow ? 'pause' : 'finish', signal, now }) }
    }),
  )
  const ends = new Map<LogStream, LogPosition>()
  const toLine = ({ stream }: Reader, { at, text }: TimedLine): LogLine => ({
    at,
    replica: id,
    container: stream.place.container,
    source: stream.place.source,
    stream: stream.place.stream,
    text,
  })
  const merged = mergeByTime(past, ends)
  if (options.tail === undefined) {
    for await (const [reader, line] of merged) yield toLine(reader, line)
  } else {
    const last: LogLine[] = []
    for await (const [reader, line] of merged) {
      last.push(toLine(reader, line))
      if (last.length > options.tail) last.shift()
    }
    yield* last
  }
  if (!options.follow) return
  const live = streams.map((stream): Reader => {
    const from = ends.get(stream) ?? { generation: stream.generation, offset: stream.seen }
    return { stream, lines: readLines(stream, { from, atEnd: 'wait', signal, now }) }
  })
  for await (const [reader, line] of mergeAsItComes(live)) yield toLine(reader, line)
}

async function begin(stream: LogStream, { since, tail }: LogOptions): Promise<LogPosition> {
  const first = since === undefined ? firstPosition(stream) : await positionSince(stream, since)
  if (tail === undefined) return first
  const last = await positionOfTail(stream, tail)
  return isBefore(first, last) ? last : first
}

/** All lines that are there, the earliest first; notes where each reader ended. */
async function* mergeByTime(readers: readonly Reader[], ends: Map<LogStream, LogPosition>): AsyncGenerator<[Reader, TimedLine]> {
  const heads: { readonly reader: Reader; line: TimedLine }[] = []
  const advance = async (reader: Reader): Promise<TimedLine | undefined> => {
    const next = await reader.lines.next()
    if (next.done !== true) return next.value
    ends.set(reader.stream, next.value)
    return undefined
  }
  for (const reader of readers) {
    const line = await advance(reader)
    if (line !== undefined) heads.push({ reader, line })
  }
  while (heads.length > 0) {
    let first = 0
    for (const [index, head] of heads.entries()) if (head.line.at < (heads[first]?.line.at ?? 0)) first = index
    const head = heads[first]
    if (head === undefined) return
    yield [head.reader, head.line]
    const line = await advance(head.reader)
    if (line === undefined) heads.splice(first, 1)
    else head.line = line
  }
}

/** Lines of several readers in the order in which they arrive. */
async function* mergeAsItComes(readers: readonly Reader[]): AsyncGenerator<[Reader, TimedLine]> {
  const pending = new Map(readers.map((reader) => [reader, nextOf(reader)]))
  while (pending.size > 0) {
    const { reader, result } = await Promise.race(pending.values())
    if (result.done === true) {
      pending.delete(reader)
      continue
    }
    yield [reader, result.value]
    pending.set(reader, nextOf(reader))
  }
}

async function nextOf(reader: Reader): Promise<{ reader: Reader; result: IteratorResult<TimedLine, LogPosition> }> {
  return { reader, result: await reader.lines.next() }
}
