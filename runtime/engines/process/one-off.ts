import type { ExecOptions, ExecSession, ReplicaSpec } from '../../../src/model/engine.ts'
import { identityOf } from '../../process-identity/identity.ts'
import { runOrder } from './command-order.ts'
import { chooseContainer } from './container-context.ts'
import { prepareContainer } from './container-prepare.ts'
import type { ReplicaRegistry } from './replica-registry.ts'
import { startReplica } from './replica-start.ts'

/** Runs a command in a copy of the component with ports and a directory of its own, which is gone when the command ends. */
export async function runOnce(
  registry: ReplicaRegistry,
  call: { readonly spec: ReplicaSpec; readonly options: ExecOptions },
  signal: AbortSignal,
): Promise<ExecSession> {
  const { spec, options } = call
  const replica = await startReplica(registry, { spec, kind: 'one-off', containers: 'none' }, signal)
  try {
    const { name } = chooseContainer(replica, options.container)
    const prepared = await prepareContainer(replica, spec, name)
    const command = options.command.length > 0 ? options.command : wordsOf(prepared.program())
    const { session, pid } = await runOrder({ ...options, command }, prepared, signal)
    const identity = pid === undefined ? undefined : identityOf(pid)
    if (identity !== undefined) await replica.updateContainer(name, { process: identity, startedAt: registry.context.clock.now() })
    const ended = session.exitCode.then(async (code) => {
      await registry.destroy(replica)
      return code
    })
    return { ...session, exitCode: ended }
  } catch (error) {
    await registry.destroy(replica)
    throw error
  }
}

function wordsOf({ program, args }: { readonly program: string; readonly args: readonly string[] }): readonly string[] {
  return [program, ...args]
}
