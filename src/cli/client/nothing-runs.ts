import type { Io } from '../io.ts'
import { RefusalError } from '../refusal-error.ts'

/** The answer, or undefined after saying that nothing runs: for commands to which that is an answer, not a failure. */
export async function answerOrNothing<T>(io: Io, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof RefusalError) || error.exit !== 'notRunning') throw error
    io.stderr.write(`${error.refusal.message}\n${error.refusal.next === undefined ? '' : `${error.refusal.next}\n`}`)
    return undefined
  }
}
