import type { ExecFacet } from '../../../src/model/engine.ts'
import { orderOf, runOrder } from './command-order.ts'
import { chooseContainer, contextOf } from './container-context.ts'
import { runOnce } from './one-off.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

/** Commands beside a component's own, in its container, or instead of it, in a copy. Pipes only. */
export function execFacet(registry: ReplicaRegistry): ExecFacet {
  return {
    async exec(of, options, signal) {
      const replica = await registry.get(of)
      const container = chooseContainer(replica, options.container)
      const { cwd, environment } = contextOf(replica, container, of)
      const order = orderOf(options, { cwd, environment, subject: `the command in ${of.id}` })
      return (await runOrder(order, signal)).session
    },
    run: (spec, options, signal) => runOnce(registry, { spec, options }, signal),
  }
}
