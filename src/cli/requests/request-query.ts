import { type Client, type RequestQuery, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { parseSince } from '../since.ts'

/** Which requests a call asks for; refuses components that there are not. */
export async function readRequestQuery({ operands, options }: Invocation, io: Io, client: Client): Promise<RequestQuery> {
  const tail = options.whole('tail', '--tail')
  const since = options.text('since')
  const components = pickComponents(await requireView(client), operands)
  return {
    components: operands.length === 0 ? [] : components.map((component) => component.key),
    follow: options.flag('follow'),
    failed: options.flag('failed'),
    ...(tail === undefined ? {} : { tail }),
    ...(since === undefined ? {} : { since: parseSince(since, io.clock.now()) }),
  }
}
