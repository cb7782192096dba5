import { didYouMean } from '../kernel/nearest.ts'
import type { ComponentView, EnvironmentView } from '../wire/views.ts'
import { refuseUsage } from './refusal-error.ts'

/** The components of these names or keys, all when there are no names; an unknown name is refused. */
export function pickComponents(view: EnvironmentView, names: readonly string[]): readonly ComponentView[] {
  const all = view.applications.flatMap((application) => application.components)
  for (const name of names) {
    if (all.some((component) => isNamed(component, name))) continue
    const hint =
      didYouMean(
        name,
        all.map((component) => component.key),
      ) ?? `Components: ${all.map((component) => component.key).join(', ') || 'none'}.`
    throw refuseUsage(`no component "${name}" in the environment "${view.environment}"`, hint)
  }
  return names.length === 0 ? all : all.filter((component) => names.some((name) => isNamed(component, name)))
}

function isNamed(component: ComponentView, name: string): boolean {
  return component.name === name || component.key === name
}
