import type { Readable } from 'node:stream'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { isEarlier, sinceText } from './engine-time.ts'
import { LogCursor, type LogPosition } from './log-cursor.ts'
import { FrameReader } from './log-frames.ts'
import { type EngineLine, LineAssembler } from './log-lines.ts'
import { openStream, readStream } from './open-stream.ts'

export interface LogReading {
  /** Id of the container. */
  readonly container: string
  /** Waits for more until the container is over; otherwise ends with what is there. */
  readonly follow: boolean
  readonly from?: LogPosition
  /** At most about this many of the last lines: the engine counts pieces of long ones. */
  readonly tail?: number
  /** An unfinished last line of a container that runs may be left for a later reading. */
  readonly unfinished: 'give' | 'leave'
}

/** A line, and where a reading goes on that breaks off behind it. */
export interface ReadLine {
  readonly line: EngineLine
  readonly position: LogPosition | undefined
}

/** Lines of one container as the engine has them. Returns where a later reading goes on; undefined when there was nothing. */
export async function* readContainerLog(
  context: DockerContext,
  reading: LogReading,
  signal: AbortSignal,
): AsyncGenerator<ReadLine, LogPosition | undefined> {
  const { from, unfinished } = reading
  const stream = await openStream((opening) => openLog(context, reading, opening), signal).catch(ifGone)
  if (stream === undefined) return from
  const frames = new FrameReader()
  const lines = new LineAssembler()
  const cursor = new LogCursor()
  let known = from?.given ?? 0
  for await (const chunk of readStream(stream, signal)) {
    for (const frame of frames.push(chunk)) {
      for (const line of lines.push(frame)) {
        // Podman takes whole seconds only.
        if (from !== undefined && isEarlier(line.time, from.since)) continue
        cursor.given(line.time)
        if (known > 0) known--
        else yield { line, position: cursor.position }
      }
      cursor.unfinished(lines.unfinishedSince())
    }
  }
  if (unfinished === 'give' && !signal.aborted) for (const line of lines.rest()) yield { line, position: cursor.position }
  return cursor.position ?? from
}

/** A container that was removed meanwhile, or is just being removed (a conflict), has no more output. */
function ifGone(error: unknown): undefined {
  if (!hasStatus(error, 404, 409)) throw error
}

/** The SDK's own verb keeps the whole output in memory when it does not follow. */
function openLog({ docker }: DockerContext, { container, follow, from, tail }: LogReading, signal: AbortSignal): Promise<Readable> {
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    ...(from === undefined ? {} : { since: sinceText(from.since) }),
    ...(tail === undefined ? {} : { tail }),
  }
  const request = {
    path: `/containers/${container}/logs?`,
    method: 'GET',
    isStream: true,
    options: query,
    abortSignal: signal,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  }
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error, answer) => {
      if (error !== null) reject(error)
      else resolve(answer as Readable)
    })
  })
}
