import type { Clock } from '../../kernel/clock.ts'
import { after, type Millis } from '../../kernel/instant.ts'
import { RefusalError } from '../ports.ts'
import type { ControlState } from '../state.ts'

/** What a decision causes is done within this time of the machine, or the caller is told that it is not. */
const SETTLE_LIMIT_MS: Millis = 120_000

/** Resolves once nothing is under way: no decision, no step, and every replica is ready or waits for something that time alone does not bring. */
export async function untilSettled(of: {
  readonly clock: Clock
  readonly state: () => ControlState
  readonly idle: () => boolean
  readonly onPass: (listener: () => void) => Disposable
}): Promise<void> {
  const { clock, state, idle, onPass } = of
  const limit = after(clock.now(), SETTLE_LIMIT_MS)
  // A decision that was just made enters the mailbox in the next turn.
  await clock.sleep(0)
  while (!(idle() && isQuiet(state()))) {
    if (clock.now() >= limit) {
      throw new RefusalError(503, {
        code: 'MP8020',
        message: `the environment did not come to rest within ${SETTLE_LIMIT_MS / 1000} s: ${remaining(state())}`,
        next: '"minipaas status" shows what it waits for',
      })
    }
    await new Promise<void>((resolve) => {
      const done = (): void => {
        pass[Symbol.dispose]()
        timer[Symbol.dispose]()
        resolve()
      }
      const pass = onPass(done)
      const timer = clock.at(after(clock.now(), 20), done)
    })
  }
}

function isQuiet({ work, plan, observed }: ControlState): boolean {
  if (observed === undefined) return false
  if ([...work.inFlight.values()].some(({ step, donePass }) => step.action.do !== 'awaitReady' || donePass !== undefined)) return false
  return plan.steps.every(({ action }) => action.do === 'awaitReady') && (plan.steps.length === 0 || plan.holds.length > 0)
}

function remaining({ plan, work }: ControlState): string {
  const keys = [...new Set([...work.inFlight.keys(), ...plan.steps.map(({ key }) => key)])]
  return keys.length === 0 ? 'it was not observed' : keys.slice(0, 3).join(', ')
}
