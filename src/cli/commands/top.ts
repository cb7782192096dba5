import { type ContainerProcesses, EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { containerName } from '../render/container-name.ts'
import { renderTable } from '../render/table.ts'

/** Lists the processes of running containers, of all components without names. */
export async function top(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, globals } = invocation
  const components = pickComponents(await requireView(client), operands).map((component) => component.key)
  const tables = await client.replicas.processes(operands.length === 0 ? [] : components)
  io.stdout.write(globals.format === 'json' ? `${JSON.stringify(tables, null, 2)}\n` : render(tables))
  return EXIT_CODES.ok
}

/** One table for each set of titles: as a rule, one. */
function render(tables: readonly ContainerProcesses[]): string {
  const groups = new Map<string, ContainerProcesses[]>()
  for (const table of tables) {
    const key = table.titles.join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [table])
    else known.push(table)
  }
  if (groups.size === 0) return renderTable(['NAME'], [])
  return [...groups.values()]
    .map((same) =>
      renderTable(
        ['NAME', ...(same[0]?.titles ?? [])],
        same.flatMap((table) => table.rows.map((row) => [containerName(table), ...row])),
      ),
    )
    .join('\n')
}
