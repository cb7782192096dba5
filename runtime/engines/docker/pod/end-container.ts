import { after, type Instant, type Millis } from '../../../../src/kernel/instant.ts'
import type { DockerContext } from '../context.ts'
import { hasStatus } from '../faults.ts'
import type { Sandbox } from '../sandbox.ts'
import { findSandbox } from './find-sandbox.ts'
import { runHook } from './hooks.ts'
import { isAlive, type PodContainer } from './pod-containers.ts'
import { together } from './together.ts'
import { waitForExit } from './wait.ts'

interface Ending {
  /** When what still runs is killed. */
  readonly until: Instant
  /** Where network hooks are asked from, when there are any. */
  readonly sandbox: Sandbox | undefined
}

/** Ends those that run, at the same time. */
export async function endContainers(
  context: DockerContext,
  containers: readonly PodContainer[],
  { graceMs, signal }: { readonly graceMs: Millis; readonly signal: AbortSignal },
): Promise<void> {
  const until = after(context.clock.now(), graceMs)
  const running = containers.filter(isAlive)
  const asking = running.find(({ preStop }) => preStop !== undefined && preStop.by !== 'exec')
  const sandbox = asking === undefined ? undefined : await findSandbox(context, asking.sandbox, signal)
  await together(running.map((container) => endContainer(context, container, { until, sandbox }, signal)))
}

/**
 * PreStop hook, the image's stop signal, grace, SIGKILL; returns when the container is over. The hook's time is part of the grace.
 * Source: Kubernetes, termination of pods.
 */
async function endContainer(context: DockerContext, container: PodContainer, ending: Ending, signal: AbortSignal): Promise<void> {
  const handle = context.docker.getContainer(container.id)
  if (container.state === 'paused') await ignoringEnded(handle.unpause())
  await runPreStop(context, container, ending, signal)
  const found = await handle.inspect().catch(ifGone)
  if (found === undefined) return
  const giveUp = new AbortController()
  const exited = waitForExit(context, container.id, AbortSignal.any([signal, giveUp.signal]))
  exited.catch(() => {})
  try {
    await ignoringEnded(handle.kill({ signal: stopSignalOf(found) }))
    const isOver = await raceWithTime(context, exited, ending.until)
    if (isOver) return
    await killContainer(context, container.id)
    await exited
  } finally {
    giveUp.abort()
  }
}

/** Ends a container at once; what is over already is success. */
export async function killContainer({ docker }: DockerContext, id: string): Promise<void> {
  await ignoringEnded(docker.getContainer(id).kill({ signal: 'SIGKILL' }))
}

/** A hook that fails or takes too long does not keep the container from ending. */
async function runPreStop(context: DockerContext, container: PodContainer, ending: Ending, signal: AbortSignal): Promise<void> {
  const { preStop: hook, id } = container
  const { sandbox } = ending
  if (hook === undefined) return
  const late = new AbortController()
  using _limit = context.clock.at(ending.until, () => late.abort(new DOMException('the grace is over', 'TimeoutError')))
  try {
    await runHook(context, hook, { container: id, sandbox }, AbortSignal.any([signal, late.signal]))
  } catch (error) {
    signal.throwIfAborted()
    context.logger.log('debug', 'a preStop hook failed', { container: container.name, reason: String(error) })
  }
}

/** The image's own; the types of the SDK lack it. Podman says a number as text, and 0 for none. */
function stopSignalOf({ Config: config }: { readonly Config: object }): string {
  const signal = 'StopSignal' in config ? String(config.StopSignal) : ''
  return signal === '' || signal === '0' ? 'SIGTERM' : signal
}

/** Whether the work was over before the time. */
async function raceWithTime({ clock }: DockerContext, work: Promise<unknown>, until: Instant): Promise<boolean> {
  let late: () => void = () => {}
  const timeout = new Promise<false>((resolve) => {
    late = () => resolve(false)
  })
  using _limit = clock.at(until, late)
  // Awaited here: the limit is gone when this returns.
  return await Promise.race([work.then(() => true), timeout])
}

/** What ended meanwhile needs no signal: conflict (not running), or gone. Podman answers 500 with these words. */
async function ignoringEnded(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!hasStatus(error, 404, 409) && !/not running|is not paused|can only|state improper|no such container/i.test(String(error)))
      throw error
  }
}

function ifGone(error: unknown): undefined {
  if (!hasStatus(error, 404)) throw error
}
