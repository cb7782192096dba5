import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { EnvValue } from '../../model/pod.ts'
import type { UseContext } from '../definition.ts'
import type { ComponentDraft, ContainerDraft } from '../draft.ts'
import { anyOf, fields, required, text, type YieldOf } from '../schema.ts'
import { containerNotFound } from '../traits/container-form.ts'

/** A value of the overlay: text, or a key of a secret. */
export const localValue = anyOf(text(), fields({ secret: required(text()), key: required(text()) }))

export function toLocalValue(value: YieldOf<typeof localValue>): EnvValue {
  return value
}

/** Changes the named container, init containers included; without a name the application's. */
export function changeLocal(
  draft: ComponentDraft,
  { name, use }: { readonly name: string | undefined; readonly use: UseContext },
  change: (container: ContainerDraft) => void,
): readonly Diagnostic[] {
  const container = name === undefined ? draft.container() : (draft.container(name) ?? initContainer(draft, name))
  if (container === undefined) return [containerNotFound(draft, name ?? use.source.name, use.at('container'))]
  change(container)
  return []
}

function initContainer(draft: ComponentDraft, name: string): ContainerDraft | undefined {
  return draft.initContainers().find((container) => container.name === name)
}
