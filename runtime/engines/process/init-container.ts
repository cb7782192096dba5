import type { ReplicaSpec } from '../../../src/model/engine.ts'
import { markSecrets } from '../shared/secret-marks.ts'
import { modelOf } from './container-prepare.ts'
import { startContainer } from './container-start.ts'
import { faults } from './faults.ts'
import { lastOutput } from './last-output.ts'
import { signalOf } from './launch.ts'
import type { Replica } from './replica.ts'

/** Runs an init container to its end; one that fails is a fault with its last lines. */
export async function runToSuccess(
  replica: Replica,
  container: { readonly spec: ReplicaSpec; readonly name: string },
  signal: AbortSignal,
): Promise<void> {
  const { spec, name } = container
  const { ended } = await startContainer(replica, { spec, name, restarts: 0 }, signal)
  await orAborted(ended, signal)
  const code = (await replica.ended(name))?.code ?? 0
  await replica.cleaned(name)
  if (code === 0) return
  const output = await lastOutput(replica, name)
  const by = signalOf(code)
  const how = by === undefined ? `ended with exit code ${code}` : `was ended by ${by}`
  throw faults.initFailed(name, how, markSecrets(output, modelOf(spec, name), spec.environmentOf(name)))
}

function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void work.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
