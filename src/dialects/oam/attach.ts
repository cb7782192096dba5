import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { AppModel, ServiceDocument } from '../../model/app-model.ts'
import type { Component } from '../../model/component.ts'
import type { Documents, WrittenService } from './documents.ts'

/** Label that KubeVela puts on everything of a component. Source: KubeVela, pkg/oam/labels.go. */
const COMPONENT_LABEL = 'app.oam.dev/component'

/** Gives the objects beside the applications to the applications of their namespace; services to the one they select. */
export function attachDocuments(
  models: readonly AppModel[],
  documents: Documents,
  components: readonly Component[],
): { readonly models: readonly AppModel[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const services = documents.services.flatMap((service) => {
    const selected = selectedBy(service, components)
    if (selected === undefined) diagnostics.push(selectsNothing(service, components))
    return selected === undefined ? [] : [{ app: selected.app, document: documentOf(service, selected) }]
  })
  const namespacesOf = (model: AppModel): ReadonlySet<string> =>
    new Set([model.namespace, ...components.filter(({ app }) => app === model.name).map(({ namespace }) => namespace)])
  const homes = models.map((model) => ({ model, namespaces: namespacesOf(model) }))
  const attached = homes.map(({ model, namespaces }, index) => {
    // What belongs to no application's namespace is kept with the first one.
    const mine = (object: { readonly namespace: string }): boolean =>
      namespaces.has(object.namespace) || (index === 0 && homes.every((home) => !home.namespaces.has(object.namespace)))
    return {
      ...model,
      configs: documents.configs.filter(mine),
      secrets: documents.secrets.filter(mine),
      services: services.filter(({ app }) => app === model.name).map(({ document }) => document),
    }
  })
  return { models: attached, diagnostics }
}

function selectedBy(service: WrittenService, components: readonly Component[]): Component | undefined {
  const inNamespace = components.filter(({ namespace }) => namespace === service.namespace)
  const named = service.selector[COMPONENT_LABEL]
  if (named !== undefined) return inNamespace.find(({ name }) => name === named)
  return inNamespace.find(({ labels }) => Object.entries(service.selector).every(([key, value]) => labels[key] === value))
}

function documentOf(service: WrittenService, component: Component): ServiceDocument {
  const { selector: _, ...rest } = service
  return { ...rest, selects: component.key }
}

function selectsNothing(service: WrittenService, components: readonly Component[]): Diagnostic {
  const named = service.selector[COMPONENT_LABEL]
  const names = components.filter(({ namespace }) => namespace === service.namespace).map(({ name }) => name)
  const origin =
    named === undefined ? within(service.origin, 'spec', 'selector') : within(service.origin, 'spec', 'selector', COMPONENT_LABEL)
  const hint = (named === undefined ? undefined : didYouMean(named, names)) ?? `select a component by its label ${COMPONENT_LABEL}`
  return { code: 'MP3124', severity: 'error', message: `service "${service.name}" selects no component`, origin, hint }
}
