import { existsSync } from 'node:fs'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import { childrenOf, commandLineOf } from '../../process-identity/process-table-linux.ts'
import type { LaunchOrder, SpawnCall } from './launch-order.ts'

/** Names that a POSIX shell can hold; dash and ash drop all others from what they pass on. */
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const BASH = '/bin/bash'
/** A shell takes a few milliseconds to start its program; after this time it is no shell of ours. */
const SHELL_LIMIT: Millis = 250

/** Variables of the shim itself, which it takes away before it starts the program. */
const EXIT_FILE = 'MINIPAAS_EXIT_FILE'
const argumentName = (index: number): string => `MINIPAAS_ARG_${index}`

/**
 * Runs the program under a shell that writes its exit code to a file: the daemon may be gone by then. The shell ignores
 * the signals that end the program. Program and arguments travel in the environment, because the shell's own
 * command line is visible to everybody. Undefined when no shell here can pass the environment on.
 */
export function shimCall(order: LaunchOrder): SpawnCall | undefined {
  const plain = [...order.environment.keys()].every((name) => SHELL_NAME.test(name))
  // Bash passes on what it cannot hold itself; under the name of sh it reads no start-up file.
  if (!plain && !existsSync(BASH)) return undefined
  const words = [order.program, ...order.args]
  const environment: Record<string, string> = { ...Object.fromEntries(order.environment), [EXIT_FILE]: order.exitFile }
  for (const [index, word] of words.entries()) environment[argumentName(index)] = word
  return { file: plain ? '/bin/sh' : BASH, argv0: 'sh', args: ['-c', shimScript(words.length)], environment, exitFile: 'by-shim' }
}

/** The subshell resets the traps, so the program gets the usual signals; what the shell says itself ("Killed") goes nowhere. */
function shimScript(words: number): string {
  const names = Array.from({ length: words }, (_, index) => argumentName(index))
  return [
    `minipaas_exit=$${EXIT_FILE}`,
    `set -- ${names.map((name) => `"$${name}"`).join(' ')}`,
    `unset ${EXIT_FILE} ${names.join(' ')}`,
    'exec 3>&2 2>/dev/null',
    'trap : TERM INT HUP',
    '(exec "$@" 2>&3 3>&-)',
    'echo $? >"$minipaas_exit"',
  ].join('\n')
}

/** Whether an environment entry belongs to the shim and not to the program. */
export function isShimVariable(name: string): boolean {
  return name === EXIT_FILE || name.startsWith('MINIPAAS_ARG_')
}

/** Whether a process, by the environment it was started with (entries between NUL bytes), is the shell and not the program. */
export function isShim(environment: string): boolean {
  return environment.includes(`\0${EXIT_FILE}=`)
}

/**
 * Waits until the shell of a container that was just started has become the program: a signal that reaches the shell
 * before that is lost. At once for one that runs for longer.
 */
export async function untilProgramRuns(leader: number, clock: Clock): Promise<void> {
  if (process.platform !== 'linux') return
  const limit = after(clock.now(), SHELL_LIMIT)
  while (clock.now() < limit) {
    const shell = commandLineOf(leader)
    const [child] = childrenOf(leader)
    if (shell === '' || (child !== undefined && commandLineOf(child) !== shell)) return
    await clock.sleep(1)
  }
}
