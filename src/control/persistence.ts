import * as z from 'zod'
import type { DefinitionView } from '../definitions/definition.ts'
import { resolveComponent } from '../definitions/resolve.ts'
import type { Instant } from '../kernel/instant.ts'
import type { AppModel } from '../model/app-model.ts'
import type { ComponentSource } from '../model/component.ts'
import type { Revision } from '../model/desired.ts'
import type { ComponentKey } from '../model/names.ts'
import type { WorkflowRun } from '../model/workflow.ts'
import { EMPTY_BOOK, type RunningImage } from './image-book.ts'
import { beginSettling } from './settling.ts'
import type { ApplicationOrder, ApplicationState, AppliedComponent, ControlState, Ending, Executions, Scaled } from './state.ts'

/** What of an environment is kept on disk: what the user asked for, never what was observed, never a secret's value. */
export interface SavedEnvironment {
  readonly version: 1
  readonly engine: string
  readonly applications: readonly SavedApplication[]
  readonly scale: readonly (readonly [ComponentKey, { readonly replicas: number; readonly at: Instant }])[]
  readonly stopped: readonly ComponentKey[]
  readonly restartTokens: readonly (readonly [ComponentKey, number])[]
  /** Absent in documents of before there was a scaler. */
  readonly clock?: ControlState['clock']
  readonly scaled?: readonly (readonly [ComponentKey, Scaled])[]
  readonly executions?: readonly (readonly [ComponentKey, Executions])[]
  readonly pauses?: readonly (readonly [ComponentKey, Readonly<Record<string, string | null>>])[]
  readonly metrics?: readonly (readonly [string, number])[]
  readonly bound: Readonly<Record<string, number>>
  /** The address of each service. Absent in documents of before services had any. */
  readonly addresses?: Readonly<Record<string, string>>
  readonly revisions: readonly Revision[]
  /** Absent in documents of before there were images. */
  readonly images?: SavedImages
}

interface SavedImages {
  readonly ups: number
  readonly renewed: readonly (readonly [string, number])[]
  readonly runs: readonly (readonly [string, RunningImage])[]
  readonly built: readonly string[]
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
  readonly images?: ApplicationState['images']
  readonly ending?: Ending
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
  clock: z.object({ kind: z.enum(['system', 'scaled', 'virtual']) }).optional(),
  scaled: z.array(z.tuple([z.string(), z.object({ replicas: z.number(), since: z.number(), active: z.array(z.string()) })])).optional(),
  executions: z.array(z.tuple([z.string(), z.object({ next: z.number(), list: z.array(z.object({ number: z.number() })) })])).optional(),
  pauses: z.array(z.tuple([z.string(), z.record(z.string(), z.string().nullable())])).optional(),
  metrics: z.array(z.tuple([z.string(), z.number()])).optional(),
  bound: z.record(z.string(), z.number()),
  addresses: z.record(z.string(), z.string()).optional(),
  revisions: z.array(z.object({ id: z.string() })),
  images: z
    .object({
      ups: z.number(),
      renewed: z.array(z.tuple([z.string(), z.number()])),
      runs: z.array(z.tuple([z.string(), z.object({})])),
      built: z.array(z.string()),
    })
    .optional(),
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
      images: app.images,
      ...(app.session === undefined ? {} : { session: app.session }),
      ...(app.ending === undefined ? {} : { ending: app.ending }),
    })),
    scale: [...state.manual.scale],
    stopped: [...state.manual.stopped],
    restartTokens: [...state.manual.restartTokens],
    clock: state.clock,
    scaled: [...state.scaled],
    executions: [...state.executions],
    pauses: [...state.manual.pauses],
    metrics: [...state.manual.metrics],
    bound: state.edge.bound,
    addresses: state.addresses,
    revisions: [...state.revisions.values()],
    images: { ups: state.images.ups, renewed: [...state.images.renewed], runs: [...state.images.runs], built: [...state.images.built] },
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
      clock: saved.clock ?? fresh.clock,
      apps,
      manual: {
        scale: new Map(saved.scale),
        stopped: new Set(saved.stopped),
        restartTokens: new Map(saved.restartTokens),
        pauses: new Map(saved.pauses),
        metrics: new Map(saved.metrics),
      },
      scaled: new Map(saved.scaled),
      executions: new Map(saved.executions),
      edge: { ...fresh.edge, bound: saved.bound },
      images: restoreImages(saved.images),
      addresses: saved.addresses ?? {},
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
  const { applied: _applied, ending, images = { build: false, up: 0 }, ...rest } = saved
  // What was ordered by the last daemon may not have happened.
  const again: Ending | undefined = ending?.images === 'ordered' ? { ...ending, images: 'wanted' } : ending
  return { ...rest, images, applied, diagnostics: [], ...(again === undefined ? {} : { ending: again }) }
}

function restoreImages(saved: SavedImages | undefined): ControlState['images'] {
  if (saved === undefined) return EMPTY_BOOK
  return { ...EMPTY_BOOK, ups: saved.ups, renewed: new Map(saved.renewed), runs: new Map(saved.runs), built: new Set(saved.built) }
}
