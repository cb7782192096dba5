import type { ExecSession } from '../../../../src/model/engine.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { attach } from './attach.ts'
import { attachedSession } from './attached-session.ts'
import { createOneOff, type OneOff } from './one-off-container.ts'
import { never, type PodParts } from './parts.ts'
import { settleOutput } from './settle-output.ts'
import { retryResize } from './terminal-size.ts'
import { waitForExit } from './wait.ts'

/** Creates the container of the command, joins its streams and starts it. `remove` is called at the end, and when the signal comes. */
export async function openOneOff(
  parts: PodParts,
  oneOff: OneOff,
  { model, signal, remove }: { readonly model: Container; readonly signal: AbortSignal; readonly remove: () => Promise<void> },
): Promise<ExecSession> {
  const { context } = parts
  const { tty } = oneOff.options
  const id = await createOneOff(parts, oneOff, { model, command: 'given' })
  const container = context.docker.getContainer(id)
  signal.throwIfAborted()
  // Before the start, so that nothing of the output is missed.
  const stream = await attach(context, id)
  await container.start()
  const exited = waitForExit(context, id, never)
  exited.then(
    () => settleOutput(context.clock, stream),
    () => stream.destroy(),
  )
  const session = attachedSession({
    stream,
    hasTerminal: tty !== undefined,
    exitCode: () => exited,
    resize: (columns, rows) => retryResize(context.clock, () => container.resize({ w: columns, h: rows })),
    kill: (name) => container.kill({ signal: name }),
  })
  const abort = (): void => void remove().catch(() => {})
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  if (tty !== undefined) session.resize(tty.columns, tty.rows)
  const ended = session.exitCode.finally(() => {
    signal.removeEventListener('abort', abort)
    return remove()
  })
  ended.catch(() => {})
  return { ...session, exitCode: ended }
}
