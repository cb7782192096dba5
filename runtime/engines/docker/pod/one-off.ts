import type { ExecSession } from '../../../../src/model/engine.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { attach } from './attach.ts'
import { attachedSession } from './attached-session.ts'
import { chooseModel } from './container-options.ts'
import { createOneOff, type OneOff, type OneOffCall, runOneOffInit } from './one-off-container.ts'
import { oneOffNetwork } from './one-off-options.ts'
import { never, type PodParts } from './parts.ts'
import { prepareVolumes } from './prepare-volumes.ts'
import { removeReplica } from './remove.ts'
import { retryResize } from './terminal-size.ts'
import { waitForExit } from './wait.ts'

/**
 * Runs a command in a copy of the component that is on the network by itself, after the init containers of its pod. It and its volumes
 * are gone when the command ends, when it cannot be started, and when the signal comes.
 */
export async function runOnce(parts: PodParts, call: OneOffCall, signal: AbortSignal): Promise<ExecSession> {
  const { context } = parts
  const { spec, options } = call
  const model = chooseModel(spec, options.container)
  const { initContainers } = spec.revision.spec.pod
  // A daemon that died may have left one of this name.
  await removeReplica(parts, spec.ref)
  const remove = (): Promise<void> => removeReplica(parts, spec.ref)
  try {
    const network = await oneOffNetwork(context, spec, signal)
    const { places, cleaned } = await prepareVolumes(context, { spec, containers: [...initContainers, model], purpose: 'volumes' }, signal)
    const oneOff = { ...call, network, places }
    for (const init of initContainers) await runOneOffInit(parts, oneOff, init, signal)
    await cleaned
    return await open(parts, oneOff, { model, signal, remove })
  } catch (error) {
    await remove()
    throw error
  }
}

async function open(
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
  const session = attachedSession({
    stream,
    hasTerminal: tty !== undefined,
    exitCode: () => waitForExit(context, id, never),
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
