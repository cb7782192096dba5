import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { ReplicaRef, ReplicaSpec } from '../../../src/model/engine.ts'
import { isAlive } from '../../process-identity/identity.ts'
import { endMembers, signalMembers } from '../../process-identity/process-group.ts'
import { readEnvironment } from '../../process-identity/process-table-linux.ts'
import { contextOf } from './container-context.ts'
import { startContainer } from './container-start.ts'
import { faults } from './faults.ts'
import { runHook } from './hooks.ts'
import { isShim, untilProgramRuns } from './launch-posix.ts'
import type { Replica } from './replica.ts'
import type { ContainerRecord } from './replica-record.ts'

/** Ends all containers of a replica at the same time; it stays to be seen. */
export async function stopReplica(replica: Replica, graceMs: Millis, signal: AbortSignal): Promise<void> {
  if (replica.record.progress === 'starting') replica.abandoned.abort()
  await replica.inTurn(async () => {
    const until = after(replica.context.clock.now(), graceMs)
    await thaw(replica)
    await Promise.all(replica.record.containers.map((container) => endContainer(replica, container, { until, signal })))
  })
}

/** Ends a container if it runs and starts it again, with the same ports and files. */
export async function restartContainer(
  replica: Replica,
  order: { readonly spec: ReplicaSpec; readonly container: string; readonly graceMs: Millis },
  signal: AbortSignal,
): Promise<void> {
  const { spec, container: name, graceMs } = order
  await replica.inTurn(async () => {
    const container = replica.container(name)
    if (container === undefined)
      throw faults.noContainer(
        spec.ref,
        name,
        replica.record.containers.map((known) => known.name),
      )
    replica.spec = spec
    await thaw(replica)
    await endContainer(replica, container, { until: after(replica.context.clock.now(), graceMs), signal })
    await replica.cleaned(name)
    await startContainer(replica, { spec, name, restarts: container.restarts + (container.process === undefined ? 0 : 1) }, signal)
    await replica.update({ restartToken: spec.restartToken })
  })
  replica.context.hints.post(replica.record.environment, replica.record.id)
}

/** PreStop hook, SIGTERM, grace, SIGKILL. The hook's time is part of the grace. Source: Kubernetes, termination of pods. */
async function endContainer(
  replica: Replica,
  container: ContainerRecord,
  options: { readonly until: Instant; readonly signal: AbortSignal },
): Promise<void> {
  const { name } = container
  await replica.whileEnding(name, async () => {
    if (replica.isRunning(name) && container.preStop !== undefined) await runPreStop(replica, container, options)
    if (container.process !== undefined && replica.isRunning(name)) await untilProgramRuns(container.process.pid, replica.context.clock)
    await endMembers(replica.traceOf(container), { ...options, clock: replica.context.clock })
    await replica.ended(name)
  })
}

/** A hook that fails or takes too long does not keep the container from ending. */
async function runPreStop(replica: Replica, container: ContainerRecord, options: { until: Instant; signal: AbortSignal }): Promise<void> {
  const { preStop: hook, name } = container
  const { clock } = replica.context
  if (hook === undefined) return
  const { environment, instance, id } = replica.record
  const ref: ReplicaRef = { owner: { environment, instance }, id }
  const late = new AbortController()
  using _limit = clock.at(options.until, () => late.abort())
  try {
    const ports = replica.record.containers.flatMap(({ ports }) => ports)
    const context = contextOf(replica, container, ref)
    await runHook({ hook, container: name, context, ports, clock }, AbortSignal.any([options.signal, late.signal]))
  } catch {
    options.signal.throwIfAborted()
  }
}

export async function freeze(replica: Replica): Promise<void> {
  await replica.inTurn(async () => {
    await signalAll(replica, 'SIGSTOP')
    wakeShells(replica)
    await replica.update({ frozen: true })
  })
}

/** The shells around the programs go on: they only wait, and note an end that comes from outside meanwhile. */
function wakeShells({ record }: Replica): void {
  if (process.platform !== 'linux') return
  for (const { process: leader } of record.containers)
    if (leader !== undefined && isAlive(leader) && isShim(readEnvironment(leader.pid))) process.kill(leader.pid, 'SIGCONT')
}

export async function thaw(replica: Replica): Promise<void> {
  if (!replica.record.frozen) return
  await signalAll(replica, 'SIGCONT')
  await replica.update({ frozen: false })
}

async function signalAll(replica: Replica, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  await Promise.all(replica.record.containers.map((container) => signalMembers(replica.traceOf(container), signal)))
}
