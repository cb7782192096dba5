import { EXIT_CODES } from '../../wire/answers.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { refuseUsage } from '../refusal-error.ts'
import { renderExplanation, valueAt } from '../render/explanation.ts'
import { renderScale } from '../render/scale.ts'

/** Prints resolved values of a component with the line or trait each comes from. */
export async function explain(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, globals } = invocation
  const [name = '', field] = operands
  const present = await requireView(client)
  if (name === 'scale' && field !== undefined && !hasComponent(present, name)) return await explainScale(invocation, io, client)
  const [component] = pickComponents(present, [name])
  const view = await client.explain(component?.key ?? name)
  const path = parsePath(field ?? '')
  const value = valueAt(view.resolved, path)
  if (field !== undefined && value === undefined)
    throw refuseUsage(`${view.component} has no value at "${field}"`, `Run "minipaas explain ${name}" to see all of them.`)
  if (globals.format === 'json')
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...view, ...(field === undefined ? {} : { field, value }) }, null, 2)}\n`)
  else io.stdout.write(renderExplanation({ view, path, paint: globals.out, now: io.clock.now() }))
  return EXIT_CODES.ok
}

/** `explain scale <component>`: why it has as many replicas as it has. A component of that name comes first. */
async function explainScale({ operands, globals }: Invocation, io: Io, client: Client): Promise<number> {
  const view = await client.scaling.of(operands[1] ?? '')
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify(view, null, 2)}\n`)
  else io.stdout.write(renderScale(view, globals.out))
  return EXIT_CODES.ok
}

function hasComponent({ applications }: EnvironmentView, name: string): boolean {
  return applications.some(({ components }) => components.some((component) => component.name === name || component.key === name))
}

/** `pod.containers[0].image`, also with dots before indices. */
function parsePath(text: string): readonly (string | number)[] {
  return text
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
