import { type Diagnostic, type Origin, within } from '../kernel/diagnostic.ts'
import type { AppModel } from '../model/app-model.ts'
import type { Component } from '../model/component.ts'
import { linkReferences } from './link-references.ts'
import { linkScaling } from './link-scaling.ts'
import { linkServices } from './link-services.ts'
import type { Narrow } from './source/narrow.ts'

/** What linking looks at: the applications of one load and their components as the definitions resolved them. */
export interface LinkFacts {
  readonly models: readonly AppModel[]
  readonly components: readonly Component[]
  /** The exact place of a text somewhere inside a place: resolved values know only the map around them. */
  readonly narrow: Narrow
}

/** Checks everything that one part of the load says about another. */
export function linkApplications(facts: LinkFacts): Diagnostic[] {
  return [
    ...repeatedApplications(facts.models),
    ...sharedComponents(facts.components),
    ...linkReferences(facts),
    ...linkServices(facts),
    ...linkScaling(facts),
    ...repeatedPublications(facts.components),
  ]
}

function repeatedApplications(models: readonly AppModel[]): Diagnostic[] {
  const first = new Map<string, AppModel>()
  return models.flatMap((model): Diagnostic[] => {
    const earlier = first.get(model.name)
    first.set(model.name, earlier ?? model)
    if (earlier === undefined) return []
    const at = (origin: Origin): Origin => within(origin, 'metadata', 'name')
    return [
      {
        code: 'MP3109',
        severity: 'error',
        message: `two applications are called "${model.name}"`,
        origin: at(model.origin),
        related: [{ message: 'first written', origin: at(earlier.origin) }],
        hint: 'files given together are concatenated, never merged: rename one',
      },
    ]
  })
}

/** Names are not prefixed by the application. Source: KubeVela refuses what another application owns. */
function sharedComponents(components: readonly Component[]): Diagnostic[] {
  const first = new Map<string, Component>()
  return components.flatMap((component): Diagnostic[] => {
    const earlier = first.get(component.key)
    first.set(component.key, earlier ?? component)
    if (earlier === undefined || earlier.app === component.app) return []
    return [
      {
        code: 'MP3119',
        severity: 'error',
        message: `component "${component.name}" in namespace "${component.namespace}" is already owned by application "${earlier.app}"`,
        origin: within(component.origin, 'name'),
        related: [{ message: `written by "${earlier.app}"`, origin: within(earlier.origin, 'name') }],
        hint: 'rename one of them, or put the applications into different namespaces',
      },
    ]
  })
}

function repeatedPublications(components: readonly Component[]): Diagnostic[] {
  const first = new Map<string, { readonly component: Component; readonly origin: Origin }>()
  return components.flatMap((component) =>
    component.published.flatMap(({ host, protocol, origin }): Diagnostic[] => {
      const key = `${protocol} ${host}`
      const earlier = first.get(key)
      first.set(key, earlier ?? { component, origin })
      if (earlier === undefined || earlier.component.key === component.key) return []
      const related = [{ message: `published by "${earlier.component.name}"`, origin: earlier.origin }]
      return [{ code: 'MP3129', severity: 'error', message: `port ${host} of this machine is published twice`, origin, related }]
    }),
  )
}
