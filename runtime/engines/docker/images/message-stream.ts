import { messageOf } from '../../../process-identity/system-error.ts'

/** One line of a long answer of the engine: a pull or a build. Source: Docker Engine API, JSON messages. */
export interface EngineMessage {
  /** Output of a build, in pieces of any length. */
  readonly stream?: string
  readonly status?: string
  /** A layer, or the tag that is pulled. */
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
  readonly errorDetail?: { readonly message?: string; readonly code?: number }
}

/** The messages of an answer as they come. Throws the signal's reason when that ended the answer, or why the connection broke. */
export async function* readMessages(answer: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<EngineMessage> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of answer) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as EngineMessage
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as EngineMessage
}

/** What went wrong according to a message, in the engine's words. */
export function errorOf(message: EngineMessage): string | undefined {
  return message.errorDetail?.message ?? message.error
}

/** The engine's words in an error of the SDK, without the frame around them; undefined when the engine did not answer at all. */
export function answeredError(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined
  const message = messageOf(error)
  return (/^\(HTTP code \d+\) .*? - (.*)$/s.exec(message)?.[1] ?? message).trim()
}
