import type { FaultError } from '../../../../src/kernel/fault.ts'
import type { ReplicaSpec } from '../../../../src/model/engine.ts'
import type { Container } from '../../../../src/model/pod.ts'
import { markSecrets } from '../../shared/secret-marks.ts'
import type { DockerContext } from '../context.ts'
import { signalOf } from '../exit-signal.ts'
import { faults } from '../faults.ts'
import type { ContainerRun } from './create-container.ts'
import { lastOutput } from './last-output.ts'
import type { PodParts } from './parts.ts'
import { type Created, startPodContainer } from './run-container.ts'
import { waitForExit } from './wait.ts'

export interface FailedInit {
  readonly spec: ReplicaSpec
  readonly model: Container
  /** Id of the container. */
  readonly id: string
  readonly code: number
}

/** Runs a created init container to its end; one that fails is a fault with its last lines. */
export async function runToSuccess(parts: PodParts, run: ContainerRun, started: Created): Promise<void> {
  const { spec, model } = run
  await startPodContainer(parts, run, started)
  const code = await waitForExit(parts.context, started.id, started.signal)
  if (code !== 0) throw await failedInit(parts.context, { spec, model, id: started.id, code }, started.signal)
}

/** The fault of an init container that ended with a code other than 0. */
export async function failedInit(context: DockerContext, failed: FailedInit, signal: AbortSignal): Promise<FaultError> {
  const { spec, model, id, code } = failed
  const output = await lastOutput(context, id, signal)
  const by = signalOf(code)
  const how = by === undefined ? `ended with exit code ${code}` : `was ended by ${by}`
  return faults.initFailed(model.name, how, markSecrets(output, model, spec.environmentOf(model.name)))
}
