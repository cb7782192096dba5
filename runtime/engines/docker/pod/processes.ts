import type { ProcessesFacet } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import { runningContainer } from './pod-containers.ts'
import { type EngineTable, tableOf } from './process-table.ts'

/** The processes of a container, and signals for the first one: the engine's init hands them on to the program. */
export function processesFacet(context: DockerContext): ProcessesFacet {
  const { docker } = context
  return {
    async list(of, container, signal) {
      const { id } = await runningContainer(context, of, { name: container, signal })
      return tableOf((await docker.getContainer(id).top({ abortSignal: signal })) as EngineTable)
    },
    async kill(of, options, signal) {
      const { id } = await runningContainer(context, of, { name: options.container, signal })
      await docker.getContainer(id).kill({ signal: options.signal, abortSignal: signal })
    },
  }
}
