import type { ExecFacet } from '../../../src/model/engine.ts'
import { runOrder } from './command-order.ts'
import { chooseContainer, contextOf } from './container-context.ts'
import { runOnce } from './one-off.ts'
import type { ReplicaRegistry } from './replica-registry.ts'

/** Commands beside a component's own, in its container, or instead of it, in a copy. Pipes only. */
export function execFacet(registry: ReplicaRegistry): ExecFacet {
  return {
    async exec(of, options, signal) {
      const replica = await registry.get(of)
      const container = chooseContainer(replica, options.container)
      return (await runOrder(options, contextOf(replica, container, of), signal)).session
    },
    run: (spec, options, signal) => runOnce(registry, { spec, options }, signal),
  }
}
