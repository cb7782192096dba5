import { formatDuration } from '../../kernel/duration.ts'
import { formatInstant, type Instant } from '../../kernel/instant.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { ComponentView, ReplicaView } from '../../wire/views.ts'
import type { Client } from '../client/client.ts'
import { requireView } from '../client/client.ts'
import { answerOrNothing } from '../client/nothing-runs.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { describeHold } from '../render/holds.ts'
import { renderTable } from '../render/table.ts'

interface Row {
  readonly component: ComponentView
  readonly replica: ReplicaView
}

/** Lists replicas; why a component has none goes to standard error. */
export async function ps(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const view = await answerOrNothing(io, async () => await requireView(client))
  const components = view === undefined ? [] : pickComponents(view, operands)
  const rows = components.flatMap((component) => component.replicas.map((replica) => ({ component, replica })))
  const shown = options.flag('all') ? rows : rows.filter(({ replica }) => replica.phase !== 'exited')
  if (options.flag('quiet')) {
    io.stdout.write(shown.map(({ component, replica }) => `${nameOf(component, replica)}\n`).join(''))
  } else if (globals.format === 'json') {
    io.stdout.write(
      `${JSON.stringify(
        shown.map((row) => recordOf(row)),
        null,
        2,
      )}\n`,
    )
  } else if (view !== undefined) {
    const now = io.clock.now()
    const cells = shown.map(({ component, replica }) => [
      nameOf(component, replica),
      component.app,
      component.type,
      statusOf(replica),
      String(replica.restarts),
      formatDuration(Math.max(0, now - replica.since)),
      component.endpoints.flatMap((endpoint) => (endpoint.inner ? [] : [endpoint.url])).join(', '),
    ])
    io.stdout.write(renderTable(['NAME', 'APP', 'TYPE', 'STATUS', 'RESTARTS', 'SINCE', 'ENDPOINTS'], cells))
    io.stderr.write(components.map((component) => absenceOf(component, now)).join(''))
  }
  return EXIT_CODES.ok
}

function nameOf(component: ComponentView, replica: ReplicaView): string {
  return `${component.key}-${replica.ordinal}`
}

function statusOf({ phase, exitCode, detail }: ReplicaView): string {
  if (phase === 'exited' && exitCode !== undefined) return `exited (${exitCode})`
  return detail === undefined ? phase : `${phase}: ${detail}`
}

function whyAtZero({ paused, triggers }: NonNullable<ComponentView['scaling']>): string {
  if (paused !== undefined) return `paused ${paused}`
  return triggers === 1 ? 'its trigger is not active' : `none of its ${triggers} triggers is active`
}

/** Why a component has no line in the table. */
function absenceOf(component: ComponentView, now: Instant): string {
  if (component.replicas.length > 0) return ''
  if (!component.simulated) return `${component.key}: not simulated\n`
  if (component.scaling !== undefined && component.desired === 0 && component.holds.length === 0) {
    return `${component.key}: scaled to zero: ${whyAtZero(component.scaling)}\n`
  }
  if (component.holds.length === 0) return `${component.key}: no replicas (${component.message})\n`
  return component.holds.map((hold) => `${component.key}: ${describeHold(hold, now)}\n`).join('')
}

function recordOf({ component, replica }: Row): unknown {
  return {
    name: nameOf(component, replica),
    id: replica.id,
    application: component.app,
    component: component.key,
    type: component.type,
    image: component.image,
    revision: replica.revision,
    ordinal: replica.ordinal,
    phase: replica.phase,
    since: formatInstant(replica.since),
    restarts: replica.restarts,
    exitCode: replica.exitCode ?? null,
    endpoints: component.endpoints,
  }
}
