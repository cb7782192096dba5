import { RefusalError } from '../refusal-error.ts'
import type { Message } from './channel.ts'
import { refusalIn } from './http.ts'

/** One item of a stream; a refusal is the last one of a stream that failed. */
export function itemOf<T>(message: Message): T {
  const value: unknown = JSON.parse(typeof message === 'string' ? message : Buffer.from(message).toString('utf8'))
  const refusal = refusalIn(value)
  if (refusal !== undefined) throw new RefusalError(refusal, 'failed')
  return value as T
}
