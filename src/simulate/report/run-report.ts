import type { DefinitionView } from '../../definitions/definition.ts'
import type { Diagnostic } from '../../kernel/diagnostic.ts'
import { formatInstant, instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { LoadPlan, Spread } from '../load/load-types.ts'
import type { RecordedLoad } from '../load/recorded-load.ts'
import { readClockTrigger } from '../run/clock-trigger.ts'
import { liveScaler } from '../run/scaler-port.ts'
import { type SimulateInput, simulate } from '../run/simulate.ts'
import { applyWhatIf, isRefused, parseWhatIf, type WhatIf } from '../run/what-if.ts'
import type { RecordedChange, Report } from './report-types.ts'

export interface ReportRequest {
  readonly application: string
  readonly components: readonly Component[]
  readonly view: DefinitionView
  readonly plan: LoadPlan
  readonly mode: 'events' | 'flow'
  readonly seed: number
  readonly seconds: number
  readonly startMs: number
  readonly startDelay?: Spread
  readonly whatIfs: readonly string[]
  /** Where the load is a recording: components begin as they did then, and the report shows the live run too. */
  readonly recorded?: RecordedLoad
}

/** Runs the model as it is and, where something else was asked for, once more with all what-ifs together. */
export function runReport(request: ReportRequest): { readonly report: Report } | { readonly refused: Diagnostic } {
  const { application, plan, mode, seed, seconds, startMs, startDelay, whatIfs, recorded } = request
  const components = beginningAs(request.components, recorded)
  const names = components.map(({ name }) => name)
  const changes: WhatIf[] = []
  for (const text of whatIfs) {
    const parsed = parseWhatIf(text, names)
    if (isRefused(parsed)) return { refused: parsed }
    changes.push(parsed)
  }
  const changed = new Map<string, Component['scale']>()
  for (const component of components) {
    const policy = changedPolicy(component, changes, request)
    if (isRefused(policy)) return { refused: policy }
    changed.set(component.name, policy)
  }
  const input: SimulateInput = {
    ...{ components, plan, seed, startMs, mode },
    scaler: liveScaler,
    endMicros: Math.round(seconds * 1_000_000),
    readClock: readClockTrigger,
    ...(startDelay === undefined ? {} : { startDelay }),
  }
  const runs = [simulate(input)]
  if (changes.length > 0) {
    const policyOf = (component: Component): Component['scale'] => changed.get(component.name) ?? component.scale
    runs.push(simulate({ ...input, policyOf, whatIf: changes.map(({ text }) => text).join(', ') }))
  }
  const live = recorded === undefined ? {} : { recorded: liveChanges(recorded) }
  return {
    report: {
      schemaVersion: 1,
      application,
      seed,
      start: formatInstant(instant(startMs)),
      seconds,
      mode,
      notes: notesOf(components, plan),
      runs,
      ...live,
    },
  }
}

function beginningAs(components: readonly Component[], recorded: RecordedLoad | undefined): readonly Component[] {
  return components.map((component) => {
    const then = recorded?.header.components.find(({ name }) => name === component.name)
    return then === undefined ? component : { ...component, scale: { ...component.scale, initial: then.replicas } }
  })
}

function liveChanges({ changes }: RecordedLoad): Readonly<Record<string, readonly RecordedChange[]>> {
  return Object.fromEntries([...changes].map(([name, lines]) => [name, lines.map(({ t, from, to, by }) => ({ atMs: t, from, to, by }))]))
}

/** A field that a component's own scaling lacks is refused only where the change is for that component, or for no other. */
function changedPolicy(
  { name, scale }: Component,
  changes: readonly WhatIf[],
  { components, view }: ReportRequest,
): Component['scale'] | Diagnostic {
  let policy = scale
  for (const change of changes) {
    if (change.component !== undefined && change.component !== name) continue
    const next = applyWhatIf(policy, change, view)
    if (!isRefused(next)) policy = next
    else if (change.component !== undefined || components.every(({ scale: other }) => isRefused(applyWhatIf(other, change, view))))
      return next
  }
  return policy
}

/** What of the scaling nothing in the load file feeds. */
function notesOf(components: readonly Component[], plan: LoadPlan): readonly string[] {
  return components.flatMap(({ name, scale }) => {
    const load = plan.components.get(name) ?? plan.components.get('*')
    const fed = new Set([...(load?.queues ?? []).map(({ trigger }) => trigger), ...(load?.readings.keys() ?? [])])
    return scale.triggers
      .filter(({ from, name: trigger, type }) => !['edge', 'engine', 'clock'].includes(from.by) && !fed.has(trigger) && !fed.has(type))
      .map(({ name: trigger, type }) => `${name}: nothing in the load file feeds the trigger ${trigger} (${type}): its value is 0`)
  })
}
