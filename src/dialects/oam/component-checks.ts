import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { WrittenComponent } from './components.ts'
import { checkInputs } from './inputs.ts'
import type { Placement } from './placement.ts'

/** Checks of the components of one application among themselves. */
export function checkComponents(components: readonly WrittenComponent[], placement: Placement): Diagnostic[] {
  return [
    ...repeatedComponents(components),
    ...components.flatMap((written) => checkInputs(written.inputs, written.source.traits.length)),
    ...unapplied(components, placement),
  ]
}

function repeatedComponents(components: readonly WrittenComponent[]): Diagnostic[] {
  const first = new Map<string, ComponentSource>()
  return components.flatMap(({ source }): Diagnostic[] => {
    const earlier = first.get(source.name)
    if (earlier === undefined) {
      first.set(source.name, source)
      return []
    }
    return [
      {
        code: 'MP3101',
        severity: 'error',
        message: `two components are called "${source.name}"`,
        origin: within(source.origin, 'name'),
        related: [{ message: 'first written', origin: within(earlier.origin, 'name') }],
        hint: 'names of components are unique within an application',
      },
    ]
  })
}

/** With a workflow of the user's own, a component that no step applies never runs. */
function unapplied(components: readonly WrittenComponent[], placement: Placement): Diagnostic[] {
  const applied = new Set(placement.placed.map(({ written }) => written.source.name))
  return components.flatMap(({ source }): Diagnostic[] =>
    applied.has(source.name)
      ? []
      : [
          {
            code: 'MP3115',
            severity: 'warning',
            message: `no workflow step applies component "${source.name}": it does not run`,
            origin: within(source.origin, 'name'),
            hint: 'add a step of type apply-component or deploy',
          },
        ],
  )
}
