import { keepsReplicas } from '../definitions/policies/keeps-replicas.ts'
import { hashValue } from '../kernel/hash.ts'
import type { Instant } from '../kernel/instant.ts'
import type { AppModel } from '../model/app-model.ts'
import type { AppliedModel, Effect, Input } from './input.ts'
import type { ApplicationState, ControlState } from './state.ts'
import { startRun } from './workflow/run.ts'

export interface Folded {
  readonly state: ControlState
  readonly effects: readonly Effect[]
}

/** Enters accepted models: a changed one starts a new workflow run, an unchanged one is left alone. */
export function applyModels(state: ControlState, input: Extract<Input, { type: 'models' }>, now: Instant): Folded {
  const apps = new Map(state.apps)
  const effects: Effect[] = []
  const images = input.models.some((item) => item.images !== undefined) ? { ...state.images, ups: state.images.ups + 1 } : state.images
  for (const item of input.models) {
    const before = apps.get(item.model.name)
    const chosen = item.images === undefined ? (before?.images ?? NO_CHOICE) : { ...item.images, up: images.ups }
    apps.set(item.model.name, { ...enter(before, item, now), images: chosen })
    if (before !== undefined && before.ending === undefined && isHeld(before, item.model) && before.modelHash !== hashValue(item.model))
      effects.push(waitsForVersion(item.model))
    effects.push({ type: 'emit', body: { type: 'model.loaded', app: item.model.name, diagnostics: item.diagnostics } })
  }
  if (input.removeOrphans) {
    const given = new Set(input.models.map((item) => item.model.name))
    for (const [name, app] of apps) if (!given.has(name)) apps.set(name, { ...app, ending: { volumes: false } })
  }
  // Applying is a reason to try again at once whatever has failed before.
  const work = { ...state.work, failures: new Map() }
  return {
    state: { ...state, apps, work, images, manual: askedScale(resetScale(state, input.models), input, now) },
    effects: [...effects, { type: 'save' }],
  }
}

function waitsForVersion(model: AppModel): Effect {
  const text = `${model.name}: the edit waits, because app.oam.dev/publishVersion is still "${model.publishVersion}"`
  return { type: 'emit', body: { type: 'notice', level: 'warning', text } }
}

const NO_CHOICE: ApplicationState['images'] = { build: false, up: 0 }

function enter(before: ApplicationState | undefined, item: AppliedModel, now: Instant): Omit<ApplicationState, 'images'> {
  const { model, order, diagnostics } = item
  const modelHash = hashValue(model)
  const session = item.session === undefined ? {} : { session: item.session }
  if (before === undefined || before.ending !== undefined) {
    const revision = (before?.revision ?? 0) + 1
    return {
      model,
      modelHash,
      order,
      createdAt: before?.createdAt ?? now,
      revision,
      run: startRun(model.name, revision, model.workflow, now),
      applied: before?.applied ?? new Map(),
      diagnostics,
      ...session,
    }
  }
  const same = before.modelHash === modelHash && sameSelection(before, item)
  const retry = before.run.status === 'failed' || before.run.status === 'terminated'
  const held = isHeld(before, model)
  const { session: _session, ...kept } = before
  if (held || (same && !retry)) return { ...kept, order, diagnostics, ...session }
  const revision = same ? before.revision : before.revision + 1
  return { ...kept, model, modelHash, order, diagnostics, revision, run: startRun(model.name, revision, model.workflow, now), ...session }
}

function sameSelection(before: ApplicationState, item: AppliedModel): boolean {
  return before.order.components.join(' ') === item.order.components.join(' ')
}

/** A new version resets counts set by hand, as applying the rendered object does in a cluster, unless apply-once covers updates. */
function resetScale(state: ControlState, models: readonly AppliedModel[]): ControlState['manual'] {
  if (state.manual.scale.size === 0) return state.manual
  const scale = [...state.manual.scale].filter(([key]) => {
    const owner = [...state.apps.values()].find((app) => app.applied.has(key))
    const given = models.find((item) => item.model.name === owner?.model.name)
    if (owner === undefined || given === undefined || isHeld(owner, given.model) || owner.modelHash === hashValue(given.model)) return true
    return keepsReplicas(given.model.policies, owner.applied.get(key)?.source.name ?? key, 'onUpdate')
  })
  return { ...state.manual, scale: new Map(scale) }
}

/** From the first replica on, so that nothing is started to be ended again. */
function askedScale(
  manual: ControlState['manual'],
  { scale: asked = new Map() }: Extract<Input, { type: 'models' }>,
  now: Instant,
): ControlState['manual'] {
  if (asked.size === 0) return manual
  const scale = new Map([...manual.scale, ...[...asked].map(([key, replicas]) => [key, { replicas, at: now }] as const)])
  return { ...manual, scale, stopped: new Set([...manual.stopped].filter((key) => !asked.has(key))) }
}

/** An application with a publishVersion changes only together with it. Source: KubeVela, app.oam.dev/publishVersion. */
function isHeld(before: ApplicationState, model: AppModel): boolean {
  return model.publishVersion !== undefined && model.publishVersion === before.model.publishVersion
}
