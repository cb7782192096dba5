import type { Diagnostic } from '../../kernel/diagnostic.ts'
import type { AppModel } from '../../model/app-model.ts'
import type { Component } from '../../model/component.ts'

export interface Localised {
  readonly models: readonly AppModel[]
  readonly secrets: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
  readonly watched: readonly string[]
}

export async function addLocal(_facts: unknown, models: readonly AppModel[], _components: readonly Component[]): Promise<Localised> {
  return { models, secrets: new Map(), diagnostics: [], watched: [] }
}
