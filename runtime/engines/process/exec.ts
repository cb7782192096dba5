import { resolve } from 'node:path'
import { FaultError } from '../../../src/kernel/fault.ts'
import type { ExecFacet, ExecOptions, ExecSession, ReplicaSpec } from '../../../src/model/engine.ts'
import { identityOf } from '../../process-identity/identity.ts'
import { messageOf } from '../../process-identity/system-error.ts'
import { type CommandOrder, openCommand } from './command-session.ts'
import { resolveProgram } from './container-command.ts'
import { chooseContainer, contextOf } from './container-context.ts'
import { prepareContainer } from './container-start.ts'
import type { EngineContext } from './context.ts'
import { faults } from './faults.ts'
import type { ReplicaRegistry } from './replica-registry.ts'
import { startReplica } from './replica-start.ts'

/** Commands beside or instead of a component's own. Pipes only: a terminal is approximated by `TERM=dumb` and its size in variables. */
export function execFacet(registry: ReplicaRegistry, context: EngineContext): ExecFacet {
  return {
    async exec(of, options, signal) {
      const replica = await registry.get(of)
      const container = chooseContainer(replica, options.container)
      const { cwd, environment } = contextOf(replica, container, of)
      const order = orderOf(options, { cwd, environment, subject: `the command in ${of.id}` })
      return (await open(order, signal)).session
    },
    run: (spec, options, signal) => runOnce(registry, context, { spec, options }, signal),
  }
}

interface Place {
  readonly cwd: string
  readonly environment: Map<string, string>
  readonly subject: string
}

function orderOf(options: ExecOptions, place: Place): CommandOrder {
  const environment = new Map(place.environment)
  for (const { name, value } of options.env ?? []) if (typeof value === 'string') environment.set(name, value)
  if (options.tty !== undefined) {
    environment.set('TERM', 'dumb')
    environment.set('COLUMNS', String(options.tty.columns))
    environment.set('LINES', String(options.tty.rows))
  }
  const cwd = options.workdir === undefined ? place.cwd : resolve(place.cwd, options.workdir)
  const program = resolveProgram(options.command, { cwd, path: environment.get('PATH') ?? '', subject: place.subject, key: 'the command' })
  return { ...program, cwd, environment }
}

async function open(order: CommandOrder, signal: AbortSignal): ReturnType<typeof openCommand> {
  try {
    return await openCommand(order, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof FaultError) throw error
    throw faults.cannotRun(order.program, messageOf(error), 'check the command')
  }
}

/** A copy with ports and volumes of its own directory, gone when its command ends, whoever ends first. */
async function runOnce(
  registry: ReplicaRegistry,
  context: EngineContext,
  call: { readonly spec: ReplicaSpec; readonly options: ExecOptions },
  signal: AbortSignal,
): Promise<ExecSession> {
  const { spec, options } = call
  const replica = await startReplica(registry, context, { spec, kind: 'one-off', containers: 'none' }, signal)
  try {
    const { name } = chooseContainer(replica, options.container)
    const prepared = await prepareContainer(replica, spec, name)
    const environment = new Map(prepared.environment)
    const command = options.command.length > 0 ? options.command : wordsOf(prepared.program())
    const order = orderOf({ ...options, command }, { cwd: prepared.cwd, environment, subject: `the command of ${spec.ref.id}` })
    const { session, pid } = await open(order, signal)
    const identity = identityOf(pid)
    if (identity !== undefined) await replica.updateContainer(name, { process: identity, startedAt: context.clock.now() })
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
