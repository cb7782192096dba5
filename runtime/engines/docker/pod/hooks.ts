import type { Millis } from '../../../../src/kernel/instant.ts'
import type { Hook } from '../../../../src/model/probe.ts'
import type { DockerContext } from '../context.ts'
import type { Sandbox } from '../sandbox.ts'
import { networkHookCommand } from './hook-client.ts'
import { type CommandOrder, runCommand } from './run-command.ts'

/** Time for a program that was just started to listen, before a network hook counts as failed: as the process engine gives it. */
const LISTEN_LIMIT: Millis = 10_000

export interface HookPlace {
  /** Id of the container that the hook belongs to. */
  readonly container: string
  /** What asks by network asks from there; undefined when it is gone, and with it the network of the hook. */
  readonly sandbox: Sandbox | undefined
}

/** Runs a lifecycle hook; rejects with why it failed. */
export async function runHook(context: DockerContext, hook: Hook, place: HookPlace, signal: AbortSignal): Promise<void> {
  const { code, output } = await runCommand(context, hook.by === 'exec' ? commandOf(hook, place) : askingOf(hook, place), signal)
  if (code === 0) return
  if (hook.by === 'exec') throw new Error(`it ended with exit code ${code}${output === '' ? '' : `: ${output}`}`)
  throw new Error(output === '' ? `what asks for it ended with exit code ${code}` : output)
}

function commandOf({ command }: Extract<Hook, { by: 'exec' }>, { container }: HookPlace): CommandOrder {
  return { container, command }
}

function askingOf(hook: Exclude<Hook, { by: 'exec' }>, { sandbox }: HookPlace): CommandOrder {
  if (sandbox === undefined) throw new Error('the network of the replica is gone')
  return { container: sandbox.id, command: networkHookCommand({ hook, address: sandbox.address, limitMs: LISTEN_LIMIT }) }
}
