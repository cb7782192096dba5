import { formatInstant } from '../../kernel/instant.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { EnvironmentSummary } from '../../wire/views.ts'
import type { Client } from '../client/client.ts'
import { answerOrNothing } from '../client/nothing-runs.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { renderTable } from '../render/table.ts'

const HEADINGS = ['ENVIRONMENT', 'APP', 'COMPONENT', 'TYPE', 'TRAITS', 'PHASE', 'HEALTHY', 'STATUS', 'CREATED-TIME']

/** Lists applications with their components, as `vela ls` does, of all environments. */
export async function ls(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const summaries = await answerOrNothing(io, async () => await client.environments())
  if (invocation.globals.format === 'json') io.stdout.write(`${JSON.stringify(summaries ?? [], null, 2)}\n`)
  else if (summaries !== undefined)
    io.stdout.write(
      renderTable(
        HEADINGS,
        summaries.flatMap((summary) => rowsOf(summary)),
      ),
    )
  return EXIT_CODES.ok
}

/** The first component stands beside the application; further ones hang below it. */
function rowsOf(summary: EnvironmentSummary): readonly (readonly string[])[] {
  return summary.applications.flatMap((application) => {
    const { components } = application
    const created = formatInstant(application.createdAt)
    const head = [summary.environment, application.name]
    if (components.length === 0) return [[...head, '', '', '', application.phase, mark(application.healthy), '', created]]
    return components.map((component, index) => {
      const start = index === 0 ? [...head, component.name] : ['', '', `${index === components.length - 1 ? '└─' : '├─'} ${component.name}`]
      return [...start, component.type, component.traits.join(','), application.phase, mark(component.healthy), component.message, created]
    })
  })
}

function mark(healthy: boolean): string {
  return healthy ? 'healthy' : 'unhealthy'
}
