import type { Client } from '../client/client.ts'
import { orderForComponents } from '../component-command.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'

/** `metric set <component> <trigger> <value>` and `metric unset <component> <trigger>`. */
export async function metric(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const [verb = '', component = '', trigger, text] = invocation.operands
  if (verb !== 'set' && verb !== 'unset') throw refuseUsage(`metric: "${verb}" is neither set nor unset`)
  if (trigger === undefined) throw refuseUsage(`metric ${verb}: name the trigger`, `"minipaas explain scale ${component}" lists them.`)
  const value = verb === 'unset' ? null : numberOf(text)
  return await orderForComponents({
    invocation,
    io,
    client,
    names: [component],
    commandFor: () => ({ do: 'metric', component, trigger, value }),
    done: value === null ? `${trigger} is measured again` : `${trigger} is ${value}`,
  })
}

function numberOf(text: string | undefined): number {
  const value = Number(text)
  if (text === undefined || text.trim() === '' || !Number.isFinite(value)) throw refuseUsage(`metric set: "${text ?? ''}" is not a number`)
  return value
}
