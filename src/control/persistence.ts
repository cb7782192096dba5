import * as z from 'zod'
import type { DefinitionView } from '../definitions/definition.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import type { Instant } from '../kernel/instant.ts'
import type { AppModel } from '../model/app-model.ts'
import type { ComponentSource } from '../model/component.ts'
import type { Revision } from '../model/desired.ts'
import type { ComponentKey } from '../model/names.ts'
import type { WorkflowRun } from '../model/workflow.ts'
import { beginSettling } from './settling.ts'
import type { ApplicationOrder, ApplicationState, AppliedComponent, ControlState } from './state.ts'

/** What of an environment is kept on disk: what the user asked for, never what was observed, never a secret's value. */
export interface SavedEnvironment {
  readonly version: 1
  readonly engine: string
  readonly applications: readonly SavedApplication[]
  readonly scale: readonly (readonly [ComponentKey, { readonly replicas: number; readonly at: Instant }])[]
  readonly stopped: readonly ComponentKey[]
  readonly restartTokens: readonly (readonly [ComponentKey, number])[]
  readonly bound: Readonly<Record<string, number>>
  readonly revisions: readonly Revision[]
}

interface SavedApplication {
  readonly model: AppModel
  readonly modelHash: string
  readonly order: ApplicationOrder
  readonly createdAt: Instant
  readonly revision: number
  readonly run: WorkflowRun
  readonly applied: readonly { readonly source: ComponentSource; readonly inputs: Readonly<Record<string, unknown>> }[]
  readonly session?: string
  readonly ending?: NonNullable<ApplicationState['ending']>
}

/** The outline is checked, so that a broken or foreign file is noticed; the inside was written by this program. */
const outline = z.object({
  version: z.literal(1),
  engine: z.string(),
  applications: z.array(
    z.object({
      model: z.object({ name: z.string() }),
      modelHash: z.string(),
      revision: z.number(),
      run: z.object({ status: z.string() }),
      applied: z.array(z.object({ source: z.object({ key: z.string() }) })),
    }),
  ),
  scale: z.array(z.tuple([z.string(), z.object({ replicas: z.number(), at: z.number() })])),
  stopped: z.array(z.string()),
  restartTokens: z.array(z.tuple([z.string(), z.number()])),
  bound: z.record(z.string(), z.number()),
  revisions: z.array(z.object({ id: z.string() })),
})

export function saveState(state: ControlState): SavedEnvironment {
  return {
    version: 1,
    engine: state.engine.name,
    applications: [...state.apps.values()].map((app) => ({
      model: app.model,
      modelHash: app.modelHash,
      order: app.order,
      createdAt: app.createdAt,
      revision: app.revision,
      run: app.run,
      applied: [...app.applied.values()].map(({ source, inputs }) => ({ source, inputs })),
      ...(app.session === undefined ? {} : { session: app.session }),
      ...(app.ending === undefined ? {} : { ending: app.ending }),
    })),
    scale: [...state.manual.scale],
    stopped: [...state.manual.stopped],
    restartTokens: [...state.manual.restartTokens],
    bound: state.edge.bound,
    revisions: [...state.revisions.values()],
  }
}

/** A saved document, or undefined when it is not one of this version. */
export function readSaved(document: unknown): SavedEnvironment | undefined {
  return outline.safeParse(document).success ? (document as SavedEnvironment) : undefined
}

/** Puts what was saved back into a fresh state; components are resolved again by the definitions of this version. */
export function restoreState(
  fresh: ControlState,
  saved: SavedEnvironment,
  { definitions, now }: { readonly definitions: DefinitionView; readonly now: Instant },
): ControlState {
  const apps = new Map(saved.applications.map((app) => [app.model.name, restoreApplication(app, definitions)]))
  return beginSettling(
    {
      ...fresh,
      apps,
      manual: { scale: new Map(saved.scale), stopped: new Set(saved.stopped), restartTokens: new Map(saved.restartTokens) },
      edge: { ...fresh.edge, bound: saved.bound },
      revisions: new Map(saved.revisions.map((revision) => [revision.id, revision])),
    },
    now,
  )
}

function restoreApplication(saved: SavedApplication, definitions: DefinitionView): ApplicationState {
  const applied = new Map<ComponentKey, AppliedComponent>()
  for (const { source, inputs } of saved.applied) {
    const outcome = resolveComponent(definitions, source, new Map(Object.entries(inputs)))
    if (outcome.ok) applied.set(source.key, { source, inputs, component: outcome.value.component })
  }
  const { applied: _applied, ...rest } = saved
  return { ...rest, applied, diagnostics: [] }
}
