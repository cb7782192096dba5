import type { Duplex } from 'node:stream'
import type { ExecSession } from '../../../../src/model/engine.ts'
import { Demultiplexer } from '../edge/multiplexed.ts'
import { OutputBuffer } from './output-buffer.ts'

export interface Attachment {
  /** The engine's stream of a command: input one way, output the other. */
  readonly stream: Duplex
  /** With a terminal the output is one stream as it is. */
  readonly hasTerminal: boolean
  /** Asked when the output has ended. */
  readonly exitCode: () => Promise<number>
  readonly resize: (columns: number, rows: number) => Promise<unknown>
  readonly kill: (signal: string) => Promise<unknown>
}

/** A session over a stream of the engine. Verbs that come too late do nothing. */
export function attachedSession({ stream, hasTerminal, exitCode, resize, kill }: Attachment): ExecSession {
  const parts = new Demultiplexer()
  const output = new OutputBuffer(stream, (data) => (hasTerminal ? [{ stream: 'out', data }] : parts.push(data)))
  const ended = output.ended.then(exitCode)
  // Whoever reads only the output learns of nothing else.
  ended.catch(() => {})
  const ignoringEnd = (work: Promise<unknown>): void => void work.catch(() => {})
  return {
    output,
    write: (data) => {
      if (!stream.writable || stream.write(data)) return
      return drained(stream)
    },
    endInput: () => {
      if (stream.writable) stream.end()
    },
    resize: (columns, rows) => ignoringEnd(resize(columns, rows)),
    kill: (signal) => ignoringEnd(kill(signal)),
    exitCode: ended,
  }
}

/** Resolves when more can be written, or when nothing can be any longer. */
function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close', 'error']) stream.once(event, done)
  })
}
