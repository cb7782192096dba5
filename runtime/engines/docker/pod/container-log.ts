import type { Readable } from 'node:stream'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import { type EngineTime, isEarlier, sinceText } from './engine-time.ts'
import { FrameReader } from './log-frames.ts'
import { type EngineLine, LineAssembler } from './log-lines.ts'
import { openStream, readStream } from './open-stream.ts'

export interface LogReading {
  /** Id of the container. */
  readonly container: string
  /** Waits for more until the container is over; otherwise ends with what is there. */
  readonly follow: boolean
  readonly since?: EngineTime
  /** At most about this many of the last lines: the engine counts pieces of long ones. */
  readonly tail?: number
  /** An unfinished last line of a container that runs is left for a later reading, which begins at the position that is returned. */
  readonly unfinished: 'give' | 'leave'
}

/** Lines of one container as the engine has them. Returns when the unfinished line began that it left; undefined when there is none. */
export async function* readContainerLog(
  context: DockerContext,
  reading: LogReading,
  signal: AbortSignal,
): AsyncGenerator<EngineLine, EngineTime | undefined> {
  const stream = await openStream((opening) => openLog(context, reading, opening), signal).catch(ifGone)
  if (stream === undefined) return undefined
  const { since } = reading
  const frames = new FrameReader()
  const lines = new LineAssembler()
  for await (const chunk of readStream(stream, signal)) {
    // Podman counts whole seconds.
    for (const frame of frames.push(chunk)) yield* lines.push(frame).filter(({ time }) => since === undefined || !isEarlier(time, since))
  }
  if (signal.aborted) return undefined
  if (reading.unfinished === 'leave') return lines.unfinishedSince()
  yield* lines.rest()
  return undefined
}

/** A container that was removed meanwhile, or is just being removed (a conflict), has no more output. */
function ifGone(error: unknown): undefined {
  if (!hasStatus(error, 404, 409)) throw error
}

/** The SDK's own verb keeps the whole output in memory when it does not follow. */
function openLog({ docker }: DockerContext, { container, follow, since, tail }: LogReading, signal: AbortSignal): Promise<Readable> {
  const query = {
    stdout: true,
    stderr: true,
    timestamps: true,
    follow,
    ...(since === undefined ? {} : { since: sinceText(since) }),
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
