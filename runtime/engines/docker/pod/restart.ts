import type { Millis } from '../../../../src/kernel/instant.ts'
import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import { removeContainer } from '../containers.ts'
import { faults } from '../faults.ts'
import { findModel } from './container-options.ts'
import { exchangeRun } from './exchange-run.ts'
import { thawContainers } from './freeze.ts'
import { never, type PodParts } from './parts.ts'
import { findPodContainers, latestRuns } from './pod-containers.ts'
import { restartPodContainer } from './run-container.ts'
import { together } from './together.ts'

export interface RestartOptions {
  readonly container: string
  readonly graceMs: Millis
}

/**
 * Ends a container if it runs and makes it anew in the sandbox of the replica, which is made anew too where it was lost; also for a
 * container that somebody removed. The run before is kept for its output, as a kubelet does, the ones before that are not.
 */
export async function restartContainer(parts: PodParts, spec: ReplicaSpec, options: RestartOptions, signal: AbortSignal): Promise<void> {
  const { context } = parts
  const all = await findPodContainers(context, spec.ref, signal)
  const found = findModel(spec, options.container)
  if (found === undefined || found.role === 'init') {
    const known = latestRuns(all).map(({ name }) => name)
    throw faults.noContainer(spec.ref, options.container, known)
  }
  await thawContainers(context, all)
  const runs = all.filter(({ name }) => name === options.container)
  // What was made and never started is left over from a restart that was interrupted.
  await together(runs.map(({ id, state }) => (state === 'created' ? removeContainer(context, id, never) : undefined)))
  const earlier = runs.filter(({ state }) => state !== 'created')
  const siblings = all.filter(({ name }) => name !== options.container)
  const { run, id } = await exchangeRun(parts, spec, { found, earlier, siblings, graceMs: options.graceMs }, signal)
  const old = earlier.slice(1).map((older) => removeContainer(context, older.id, never))
  await together([restartPodContainer(parts, run, { id, signal }), ...old])
}
