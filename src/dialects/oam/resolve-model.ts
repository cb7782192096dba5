import type { DefinitionView } from '../../definitions/definition.ts'
import { resolveComponent } from '../../definitions/resolve.ts'
import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { Component } from '../../model/component.ts'
import { appliedSources } from '../step-components.ts'
import type { OverrideLayers } from './override-layer.ts'
import { pointAtOverrides } from './override-origins.ts'
import { dropUndeclared, undeclaredOrigins } from './undeclared.ts'

/** A model whose components were resolved once. */
export interface ResolvedModel {
  /** Without parameters that have no effect. */
  readonly model: AppModel
  readonly components: readonly Component[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Resolves every component that a step applies, and those that none applies, so that their parameters are checked too. */
export function resolveModel(model: AppModel, view: DefinitionView, layers: OverrideLayers = new Map()): ResolvedModel {
  const applied = appliedSources(model.workflow.steps)
  const names = new Set(applied.map(({ name }) => name))
  const idle = model.components.filter(({ name }) => !names.has(name))
  const components: Component[] = []
  const diagnostics: Diagnostic[] = []
  const undeclared: Origin[] = []
  for (const source of [...applied, ...idle]) {
    const outcome = resolveComponent(view, source)
    undeclared.push(...undeclaredOrigins(outcome.diagnostics))
    diagnostics.push(...pointAtOverrides(outcome.diagnostics, source, layers.get(source.key) ?? []))
    if (outcome.ok && names.has(source.name)) components.push(outcome.value.component)
  }
  // What an override replaces is checked only for what must not be kept.
  const overridden = [...layers.values()].some((entries) => entries.length > 0)
  for (const source of overridden ? model.components : []) undeclared.push(...undeclaredOrigins(resolveComponent(view, source).diagnostics))
  return { model: dropUndeclared(model, undeclared), components, diagnostics }
}
