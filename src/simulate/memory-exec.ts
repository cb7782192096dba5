import type { Clock } from '../kernel/clock.ts'
import type { ExecSession, LogStream } from '../model/engine.ts'
import { Mailbox } from './mailbox.ts'
import type { Script } from './scenario.ts'

/** Runs a command as its scenario says. */
export function runCommand(
  clock: Clock,
  order: { readonly command: readonly string[]; readonly script: Script },
  signal: AbortSignal,
): ExecSession {
  const { command, script } = order
  const output = new Mailbox<{ readonly stream: LogStream; readonly data: Uint8Array }>()
  const stop = new AbortController()
  const stopped = AbortSignal.any([signal, stop.signal])
  const input: Uint8Array[] = []
  let endInput: () => void = () => {}
  const inputEnded = new Promise<void>((resolve) => {
    endInput = resolve
  })
  const readAll = async (): Promise<string> => {
    await inputEnded
    return new TextDecoder().decode(concatenate(input))
  }
  const say = (stream: LogStream, text: string | undefined): void => {
    if (text !== undefined && text !== '') output.push({ stream, data: new TextEncoder().encode(text) })
  }
  const run = async (): Promise<number> => {
    try {
      const answer = (await script.exec?.(command, readAll)) ?? { code: 0 }
      say('out', answer.stdout)
      say('err', answer.stderr)
      if (answer.afterMs !== undefined) await clock.sleep(answer.afterMs, stopped)
      stopped.throwIfAborted()
      return answer.code
    } catch (error) {
      if (stopped.aborted) return 137
      throw error
    } finally {
      output.close()
    }
  }
  return {
    output,
    exitCode: run(),
    write: (data) => void input.push(data),
    endInput: () => endInput(),
    resize: () => {},
    kill: (name) => stop.abort(new DOMException(name, 'AbortError')),
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
