import { type Diagnostic, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { type AppModel, secretKey } from '../../model/app-model.ts'
import type { Component, ComponentSource } from '../../model/component.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { Use } from '../../model/use.ts'
import type { LoadRequest, SourceFiles } from '../loading.ts'
import { appliedSources, mapSources } from '../step-components.ts'
import type { OverlayContent } from './content.ts'
import { ENV_FILE_SECRET, lowerOverlay } from './lower-overlay.ts'
import { Proposals } from './proposals.ts'

export interface LocalFacts {
  readonly request: LoadRequest
  readonly files: SourceFiles
  readonly overlay: OverlayContent
}

/** The models with what is local, and the secret values that came from env files. */
export interface Localised {
  /** A model without anything local is the same object as before. */
  readonly models: readonly AppModel[]
  readonly secrets: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
  readonly watched: readonly string[]
}

/** Adds the overlay's uses, and proposals from the project directory, to every component by name. */
export async function addLocal(facts: LocalFacts, models: readonly AppModel[], components: readonly Component[]): Promise<Localised> {
  const { overlay, files, request } = facts
  const proposals = new Proposals(files, request.directory)
  const diagnostics = checkNames(overlay, components)
  const secrets = new Map<string, string>()
  const usesOf = new Map<ComponentKey, readonly Use[]>()
  const first = new Map<string, { readonly key: ComponentKey; readonly uses: readonly Use[] }>()
  for (const component of components) {
    const { key, name, namespace } = component
    const local = lowerOverlay(overlay, name)
    for (const [entry, value] of local.secrets) secrets.set(secretKey({ namespace, secret: ENV_FILE_SECRET, key: entry }), value)
    const earlier = first.get(name)
    if (earlier !== undefined) {
      // A port of this machine leads to one place: the first.
      if (earlier.key !== key)
        usesOf.set(
          key,
          earlier.uses.filter(({ type }) => type !== 'local/publish'),
        )
      continue
    }
    const proposed = await proposeFor(component, overlay, proposals)
    diagnostics.push(...local.diagnostics, ...proposed.diagnostics)
    const uses = [...proposed.uses, ...local.uses]
    first.set(name, { key, uses })
    usesOf.set(key, uses)
  }
  const add = (source: ComponentSource): ComponentSource => ({ ...source, local: usesOf.get(source.key) ?? [] })
  const localised = models.map((model) => {
    const sources = [...model.components, ...appliedSources(model.workflow.steps)]
    if (!sources.some(({ key }) => (usesOf.get(key) ?? []).length > 0)) return model
    return {
      ...model,
      components: model.components.map(add),
      workflow: { ...model.workflow, steps: mapSources(model.workflow.steps, add) },
    }
  })
  return { models: localised, secrets, diagnostics, watched: [...proposals.watched] }
}

async function proposeFor(
  component: Component,
  overlay: OverlayContent,
  proposals: Proposals,
): Promise<{ readonly uses: readonly Use[]; readonly diagnostics: readonly Diagnostic[] }> {
  const own = overlay.text.components?.[component.name]
  const found = await Promise.all(
    [...component.pod.containers, ...component.pod.initContainers].map((container) => {
      const said = container.name === component.name ? own : own?.containers?.[container.name]
      const replaced = said?.image !== undefined
      return proposals.propose(component, container, {
        build: replaced || said?.build !== undefined,
        run: replaced || said?.run !== undefined,
      })
    }),
  )
  return { uses: found.flatMap(({ uses }) => uses), diagnostics: found.flatMap(({ diagnostic }) => diagnostic ?? []) }
}

function checkNames(overlay: OverlayContent, components: readonly Component[]): Diagnostic[] {
  const names = components.map(({ name }) => name)
  return Object.entries(overlay.text.components ?? {}).flatMap(([name, said]): Diagnostic[] => {
    const origin = within(overlay.origin, 'components', name)
    const own = components.filter((component) => component.name === name)
    if (own.length === 0) {
      const hint = didYouMean(name, names) ?? `known: ${[...new Set(names)].slice(0, 10).join(', ')}`
      // One overlay serves all model files of its directory, also when only some of them are given, or an edit takes a component out.
      return [{ code: 'MP3133', severity: 'warning', message: `there is no component "${name}" in the model`, origin, mark: 'key', hint }]
    }
    const containers = own.flatMap(({ pod }) => [...pod.containers, ...pod.initContainers].map((container) => container.name))
    return Object.keys(said.containers ?? {}).flatMap((container): Diagnostic[] => {
      if (containers.includes(container)) return []
      const hint = didYouMean(container, containers) ?? `known: ${[...new Set(containers)].join(', ')}`
      const message = `component "${name}" has no container "${container}"`
      return [{ code: 'MP3134', severity: 'error', message, origin: within(origin, 'containers', container), mark: 'key', hint }]
    })
  })
}
