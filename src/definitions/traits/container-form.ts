import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { problem } from '../problem.ts'
import type { Parts } from '../schema.ts'
import { sayList } from '../wording.ts'

/** Place of a parameter of one entry. */
export type PlaceOf = (...path: readonly (string | number)[]) => Origin

/** The entries of a two-form trait with their places. */
function placedEntries<P>(given: Parts<P>, list: string, use: UseContext): readonly { readonly entry: P; readonly at: PlaceOf }[] {
  return given.entries.map((entry, index) => ({ entry, at: given.listed ? (...path) => use.at(list, index, ...path) : use.at }))
}

/** Applies each entry to the container it names; only the flat form means the application's when it names none. */
export function eachContainer<P extends { readonly containerName: string }>(
  draft: ComponentDraft,
  of: { readonly given: Parts<P>; readonly list: string; readonly use: UseContext },
  change: (container: ContainerDraft, entry: P, at: PlaceOf) => readonly Diagnostic[],
): readonly Diagnostic[] {
  return placedEntries(of.given, of.list, of.use).flatMap(({ entry, at }) => {
    const name = entry.containerName
    if (name === '' && of.given.listed) {
      return [problem({ code: 'MP2102', severity: 'error', message: '"containerName" is missing', origin: at() })]
    }
    const container = draft.container(name === '' ? undefined : name)
    return container === undefined ? [containerNotFound(draft, name, at('containerName'))] : change(container, entry, at)
  })
}

export function containerNotFound(draft: ComponentDraft, name: string, origin: Origin): Diagnostic {
  const names = [...draft.containers(), ...draft.initContainers()].map((container) => container.name)
  return problem({
    code: 'MP2201',
    severity: 'error',
    message: `container "${name}" not found`,
    origin,
    hint: didYouMean(name, names) ?? `the containers are ${sayList(names)}`,
  })
}
