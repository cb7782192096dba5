import type { Instant } from '../../../src/kernel/instant.ts'
import { type LogPosition, type LogSegment, type LogStream, readAt, sizeOf, timeAt } from './log-stream.ts'

const CHUNK_BYTES = 64 * 1024
/** A line that is longer comes in pieces. */
const MAX_LINE_BYTES = 256 * 1024
const NEWLINE = 0x0a

export interface TimedLine {
  readonly at: Instant
  readonly text: string
}

export interface LineReading {
  readonly from: LogPosition
  /** At the end: wait for more; give out an unfinished last line and stop; or stop before such a line. */
  readonly atEnd: 'wait' | 'finish' | 'pause'
  /** Lines that begin here or later are left: a fast writer would never let the reader reach the end. */
  readonly until?: LogPosition
  readonly signal: AbortSignal
  /** Time of what was not noted yet. */
  readonly now: () => Instant
}

/** The lines from a position on. Returns where it stopped, behind the last complete line. */
export async function* readLines(stream: LogStream, reading: LineReading): AsyncGenerator<TimedLine, LogPosition> {
  const { atEnd, until, signal, now } = reading
  const isOver = (place: LogPosition): boolean => until !== undefined && !isBefore(place, until)
  let { generation, offset } = reading.from
  let rest: Buffer = Buffer.alloc(0)
  let started: Instant | undefined
  while (!signal.aborted) {
    if (rest.length === 0 && isOver({ generation, offset })) break
    const segment = stream.segment(generation)
    if (segment === undefined) {
      generation = stream.generation
      offset = 0
      continue
    }
    const chunk = await readAt(segment.path, offset, CHUNK_BYTES)
    // Emptied meanwhile: these bytes, if any, are those of the next file.
    if (generation !== stream.generation && segment.path === stream.place.path) continue
    if (chunk.length > 0) {
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        const at = started ?? timeAt(segment, offset + from) ?? now()
        yield { at, text: textOf(Buffer.concat([rest, chunk.subarray(from, end)])) }
        rest = Buffer.alloc(0)
        started = undefined
        from = end + 1
        if (isOver({ generation, offset: offset + from })) return { generation, offset: offset + from }
      }
      if (from < chunk.length) {
        started ??= timeAt(segment, offset + from) ?? now()
        rest = Buffer.concat([rest, chunk.subarray(from)])
      }
      offset += chunk.length
      while (rest.length > MAX_LINE_BYTES) {
        const cut = characterBoundary(rest, MAX_LINE_BYTES)
        yield { at: started ?? now(), text: textOf(rest.subarray(0, cut)) }
        rest = rest.subarray(cut)
      }
      continue
    }
    if (generation < stream.generation) {
      generation++
      offset = 0
      continue
    }
    // Seen by the watch, but not by the read before it.
    if (offset < stream.seen) continue
    const last = rest.length > 0 && (atEnd === 'finish' || (atEnd === 'wait' && (stream.quiet || stream.closed)))
    if (last) {
      yield { at: started ?? now(), text: textOf(rest) }
      rest = Buffer.alloc(0)
      started = undefined
    }
    if (atEnd !== 'wait' || stream.closed) break
    await stream.change(signal)
  }
  return { generation, offset: Math.max(0, offset - rest.length) }
}

export function isBefore(left: LogPosition, right: LogPosition): boolean {
  return left.generation < right.generation || (left.generation === right.generation && left.offset < right.offset)
}

/** UTF-8 with a carriage return before the newline taken away. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

/** The last place at or before `limit` that does not divide a character. */
function characterBoundary(bytes: Buffer, limit: number): number {
  let cut = limit
  while (cut > 0 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut--
  return cut === 0 ? limit : cut
}

/** Where to begin for lines at or after a time: the first byte seen then, at the start of its line. */
export async function positionSince(stream: LogStream, since: Instant): Promise<LogPosition> {
  for (const generation of kept(stream)) {
    const segment = stream.segment(generation)
    const index = segment?.times.findIndex((time) => time >= since) ?? -1
    if (segment === undefined || index < 0) continue
    const offset = index === 0 ? 0 : (segment.ends[index - 1] ?? 0)
    return { generation, offset: await lineStart(segment, offset) }
  }
  return { generation: stream.generation, offset: await lineStart(currentSegment(stream), stream.seen) }
}

/** Where to begin for the last `count` lines. */
export async function positionOfTail(stream: LogStream, count: number): Promise<LogPosition> {
  let missing = count
  for (const generation of [...kept(stream)].reverse()) {
    const segment = stream.segment(generation)
    if (segment === undefined) continue
    const found = await lastLines(segment, missing)
    if (found.lines >= missing || generation !== stream.generation) return { generation, offset: found.offset }
    missing -= found.lines
  }
  return firstPosition(stream)
}

export function firstPosition(stream: LogStream): LogPosition {
  return { generation: kept(stream)[0] ?? stream.generation, offset: 0 }
}

function kept(stream: LogStream): readonly number[] {
  const { generation } = stream
  return stream.segment(generation - 1) === undefined ? [generation] : [generation - 1, generation]
}

function currentSegment(stream: LogStream): LogSegment {
  return { path: stream.place.path, times: [], ends: [], ...stream.segment(stream.generation) }
}

/** The start of the next line unless the offset is one itself. */
async function lineStart(segment: LogSegment, offset: number): Promise<number> {
  if (offset === 0) return 0
  for (let place = offset - 1; ; ) {
    const chunk = await readAt(segment.path, place, CHUNK_BYTES)
    if (chunk.length === 0) return place
    const newline = chunk.indexOf(NEWLINE)
    if (newline >= 0) return place + newline + 1
    place += chunk.length
  }
}

/** Looks from the end for the start of the last lines; an unfinished line counts as one. */
async function lastLines(segment: LogSegment, wanted: number): Promise<{ readonly offset: number; readonly lines: number }> {
  let end = sizeOf(segment.path)
  if (wanted <= 0) return { offset: end, lines: 0 }
  let lines = 0
  let last = true
  while (end > 0) {
    const start = Math.max(0, end - CHUNK_BYTES)
    const chunk = await readAt(segment.path, start, end - start)
    for (let index = chunk.length - 1; index >= 0; index--) {
      const newline = chunk[index] === NEWLINE
      if (last) {
        last = false
        if (newline) continue
      }
      if (newline && ++lines === wanted) return { offset: start + index + 1, lines }
    }
    end = start
  }
  return { offset: 0, lines: last ? 0 : lines + 1 }
}
