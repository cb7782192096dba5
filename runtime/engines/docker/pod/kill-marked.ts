import type { DockerContext } from '../context.ts'
import { never } from './parts.ts'
import { runCommand } from './run-command.ts'

/** In the environment of a command and of everything that it starts. */
export const SESSION_VARIABLE = 'MINIPAAS_SESSION'

/** `$1` is the signal, `$2` the mark; neither is in the environment of this shell, so that it does not find itself. */
const SCRIPT = `for file in $(grep -l "$2" /proc/[0-9]*/environ 2>/dev/null); do pid=\${file#/proc/}; kill -s "$1" "\${pid%/environ}" 2>/dev/null; done; true`

/** Sends a signal to a command and to what it started. Rejects where the image has no shell; does nothing when none is left. */
export async function killMarked(
  context: DockerContext,
  of: { readonly container: string; readonly mark: string; readonly signal: string },
): Promise<void> {
  const name = of.signal.replace(/^SIG/, '')
  const command = ['sh', '-c', SCRIPT, 'sh', name, `${SESSION_VARIABLE}=${of.mark}`]
  const { code, output } = await runCommand(context, { container: of.container, command }, never)
  if (code !== 0) throw new Error(`no signal can be sent to the command: ${output}`)
}
