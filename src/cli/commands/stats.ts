import { EXIT_CODES, type ReplicaUsage } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { renderTable } from '../render/table.ts'
import { Interrupts } from '../up/interrupts.ts'

/** CPU is measured between two looks. */
const EVERY_MS = 1000
const MIB = 1024 * 1024
/** To the upper left corner, and clear what is below. Source: ECMA-48, CUP and ED. */
const HOME_AND_CLEAR = '\u001b[H\u001b[J'

/** Prints what replicas use, each second until it is interrupted, or once. */
export async function stats(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const names = pickComponents(await requireView(client), operands).map((component) => component.key)
  const components = operands.length === 0 ? [] : names
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  await client.replicas.usage(components)
  do {
    await io.clock.sleep(EVERY_MS, stop.signal).catch(() => undefined)
    if (stop.signal.aborted) break
    const usage = await client.replicas.usage(components)
    if (globals.format === 'json') io.stdout.write(`${JSON.stringify(usage)}\n`)
    else io.stdout.write(`${options.enabled('stream') && io.stdout.isTTY ? HOME_AND_CLEAR : ''}${render(usage)}`)
  } while (options.enabled('stream'))
  return EXIT_CODES.ok
}

function render(usage: readonly ReplicaUsage[]): string {
  const rows = usage.map(({ component, ordinal, cpu, memoryBytes }) => [
    `${component}-${ordinal}`,
    `${(cpu * 100).toFixed(1)}%`,
    `${(memoryBytes / MIB).toFixed(1)} MiB`,
  ])
  return renderTable(['NAME', 'CPU %', 'MEM USAGE'], rows)
}
