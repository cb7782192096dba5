import { once } from 'node:events'
import type { ReadStream } from 'node:tty'
import type { Input, Interrupt, Io, Output } from './io.ts'
import { systemClock } from './system-clock.ts'

/** The process's own terminal, pipes, environment and signals. */
export function systemIo(): Io {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    stdin: systemInput(),
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    onInterrupt,
    onResize: (listener) => {
      process.stdout.on('resize', listener)
      return { [Symbol.dispose]: () => process.stdout.off('resize', listener) }
    },
    uniqueName: () => `cli-${process.pid}-${Date.now().toString(36)}`,
  }
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (data) => {
      stream.write(data)
    },
    written: async () => {
      if (stream.writableNeedDrain) await once(stream, 'drain')
    },
    get isTTY() {
      return stream.isTTY === true
    },
    get columns() {
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
  }
}

function systemInput(): Input {
  const stdin = (): NodeJS.ReadStream & Partial<ReadStream> => process.stdin
  return {
    get isTTY() {
      return stdin().isTTY === true
    },
    text: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of stdin()) chunks.push(Buffer.from(chunk as Uint8Array))
      return Buffer.concat(chunks).toString('utf8')
    },
    bytes: async function* (signal) {
      const stop = (): void => {
        stdin().destroy()
      }
      signal.addEventListener('abort', stop, { once: true })
      try {
        for await (const chunk of stdin()) yield chunk as Uint8Array
      } catch (error) {
        if (!signal.aborted) throw error
      } finally {
        signal.removeEventListener('abort', stop)
      }
    },
    raw: () => {
      stdin().setRawMode?.(true)
      return {
        [Symbol.dispose]: () => {
          stdin().setRawMode?.(false)
        },
      }
    },
  }
}

function onInterrupt(listener: (signal: Interrupt) => void): Disposable {
  const signals: readonly Interrupt[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const handlers = signals.map((signal) => [signal, () => listener(signal)] as const)
  for (const [signal, handler] of handlers) process.on(signal, handler)
  return {
    [Symbol.dispose]: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler)
    },
  }
}
