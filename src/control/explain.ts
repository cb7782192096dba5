import type { DefinitionView } from '../definitions/definition.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import type { SecretValues } from '../model/app-model.ts'
import type { Component, Provenance } from '../model/component.ts'
import type { Container } from '../model/pod.ts'
import type { ExplainView } from '../wire/views.ts'
import { serviceAddresses } from './endpoints.ts'
import { notesOf } from './engine-notes.ts'
import { resolveEnvironment, shownValue } from './environment-variables.ts'
import { environmentInput } from './replica-specs.ts'
import type { AppliedComponent, ControlState } from './state.ts'

export interface ExplainContext {
  readonly state: ControlState
  readonly definitions: DefinitionView
  readonly secrets: SecretValues
  /** Line and column of an origin, as far as its text is known. */
  readonly locate: (origin: Provenance['origin']) => { readonly line: number; readonly column: number } | undefined
}

/** The resolved component with where each value came from, and what is done to its environment on this engine. */
export function explainComponent(item: AppliedComponent, context: ExplainContext): ExplainView {
  const outcome = resolveComponent(context.definitions, item.source, new Map(Object.entries(item.inputs)))
  const provenance = outcome.ok ? outcome.value.provenance : []
  const { component } = item
  return {
    component: component.key,
    resolved: shownComponent(component),
    provenance: provenance.map((entry) => ({ ...entry, ...context.locate(entry.origin) })),
    rewrites: [...component.pod.initContainers, ...component.pod.containers].flatMap((container) =>
      rewritesOf(component, container, context),
    ),
    services: serviceAddresses(component, context.state),
    notes: notesOf(component, context.state.engine),
    holds: context.state.plan.holds.filter((hold) => hold.subject === component.key || hold.subject.startsWith(`${component.key}--`)),
  }
}

function rewritesOf(component: Component, container: Container, context: ExplainContext): ExplainView['rewrites'] {
  return resolveEnvironment(environmentInput(component, container, { of: `${component.key}.0`, ordinal: 0 }, context)).rewrites
}

/** A component for people: references as marks, origins left out. */
export function shownComponent(component: Component): unknown {
  const containers = (list: readonly Container[]): readonly unknown[] =>
    list.map((container) => ({
      ...container,
      env: container.env.map((variable) => ({ name: variable.name, value: shownValue(variable) })),
      ...(container.process === undefined
        ? {}
        : {
            process: {
              ...container.process,
              env: container.process.env.map((variable) => ({ name: variable.name, value: shownValue(variable) })),
            },
          }),
    }))
  const { pod, origin: _origin, ...rest } = component
  return withoutOrigins({
    ...rest,
    pod: { ...pod, containers: containers(pod.containers), initContainers: containers(pod.initContainers) },
  })
}

function withoutOrigins(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrigins)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => (key === 'origin' ? [] : [[key, withoutOrigins(member)] as const])),
  )
}
