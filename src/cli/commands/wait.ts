import { EXIT_CODES } from '../../wire/answers.ts'
import type { ComponentView, EnvironmentView } from '../../wire/views.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { refuse } from '../refusal-error.ts'
import { followEnvironment } from '../up/follow.ts'
import { Interrupts } from '../up/interrupts.ts'

/** How a component ended. */
interface Ending {
  readonly component: string
  readonly exitCode: number
  /** What is told about it, after its name. */
  readonly how: string
}

/** Waits until components have ended, says how, and returns the exit code of the first one that did. */
export async function wait(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, globals } = invocation
  const first = await requireView(client)
  const waiting = new Set(pickComponents(first, operands).map(({ key }) => key))
  const endings: Ending[] = []
  const done = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => done.abort())
  let gone = false
  const look = (view: EnvironmentView | undefined): void => {
    for (const key of waiting) {
      const component = view?.applications.flatMap(({ components }) => components).find((candidate) => candidate.key === key)
      const ending = component === undefined ? undefined : endingOf(component)
      if (component === undefined) gone = true
      if (ending !== undefined) {
        endings.push(ending)
        if (globals.format === 'json') io.stdout.write(`${JSON.stringify(ending)}\n`)
        else io.stdout.write(`${ending.how}\n`)
      }
      if (component === undefined || ending !== undefined) waiting.delete(key)
    }
    if (waiting.size === 0) done.abort()
  }
  look(first)
  if (!done.signal.aborted)
    await followEnvironment({
      client,
      io,
      after: first.seq,
      signal: done.signal,
      onEvent: () => {},
      onView: look,
      onAway: () => io.stderr.write('the daemon went away; starting one\n'),
    })
  if (interrupts.count > 0 && waiting.size > 0) return EXIT_CODES.interrupted
  const [ended] = endings
  if (ended !== undefined) return ended.exitCode
  if (gone) throw refuse('MP8103', 'notRunning', { message: 'the components were taken down by somebody else' })
  return EXIT_CODES.ok
}

/** How a component ended; undefined while it has not. */
function endingOf(component: ComponentView): Ending | undefined {
  const { key, holds, replicas } = component
  const ended = replicas
    .filter(({ phase, exitCode }) => phase === 'exited' && exitCode !== undefined)
    .sort((left, right) => right.since - left.since)
  const worst = ended.find(({ exitCode }) => exitCode !== 0) ?? ended[0]
  const told = (exitCode: number, ordinal = worst?.ordinal): Ending => ({
    component: key,
    exitCode,
    how: `${ordinal === undefined ? key : `${key}-${ordinal}`} exited with code ${exitCode}`,
  })
  if (component.kind === 'Job') {
    // A job that failed once may be tried again; it has ended when it is complete or given up.
    if (component.applied && component.healthy) return told(0, ended[0]?.ordinal)
    const failed = holds.find(({ reason }) => reason === 'failed' || reason === 'unsupported')
    if (failed === undefined) return undefined
    if (worst !== undefined) return told(worst.exitCode || EXIT_CODES.failed)
    return { component: key, exitCode: EXIT_CODES.failed, how: `${key} failed: ${failed.on.join(', ')}` }
  }
  if (worst?.exitCode !== undefined) return told(worst.exitCode)
  const isStopped = component.applied && component.desired === 0 && replicas.length === 0
  return isStopped ? { component: key, exitCode: EXIT_CODES.ok, how: `${key} has no replicas` } : undefined
}
