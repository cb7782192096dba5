import type { ExecFacet } from '../../../../src/model/engine.ts'
import { openCommand } from './exec-command.ts'
import { runOnce } from './one-off.ts'
import type { PodParts } from './parts.ts'
import { runningContainer } from './pod-containers.ts'

/**
 * Commands in a running container, and instead of its own one in a copy. The engine can send no signal to a command: `kill` looks for the
 * process by a variable of its environment with another command, which needs `sh` and `grep` in the image. The signal of `exec`
 * ends the session with code 137 in any case, and the command where it can be found.
 */
export function execFacet(parts: PodParts): ExecFacet {
  return {
    async exec(of, options, signal) {
      const { id } = await runningContainer(parts.context, of, { name: options.container, signal })
      return openCommand(parts.context, id, { options, signal })
    },
    run: (spec, options, signal) => runOnce(parts, { spec, options }, signal),
  }
}
