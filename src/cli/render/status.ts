import { formatDuration } from '../../kernel/duration.ts'
import { formatInstant, type Instant } from '../../kernel/instant.ts'
import type { StepRun } from '../../model/workflow.ts'
import type { ApplicationView, ComponentView, EnvironmentView, ReplicaView } from '../../wire/views.ts'
import { renderDiagnostic } from './diagnostics.ts'
import { describeHold, holdDetails } from './holds.ts'
import type { Paint } from './paint.ts'
import { renderTable } from './table.ts'

export interface StatusStyle {
  readonly paint: Paint
  readonly now: Instant
}

/** The blocks About, Workflow and Services of each application. */
export function renderStatus(view: EnvironmentView, style: StatusStyle): string {
  return view.applications
    .map((application) =>
      [about(application, view), workflow(application, style), services(application, style), notes(application, style)].join(''),
    )
    .join('\n')
}

/** Source of the columns: KubeVela, `vela status --endpoint`. */
export function renderEndpoints(view: EnvironmentView): string {
  const rows = view.applications
    .flatMap((application) => application.components)
    .flatMap((component) =>
      component.endpoints.map((endpoint) => [component.cluster, component.name, endpoint.ref, endpoint.url, String(endpoint.inner)]),
    )
  return renderTable(['CLUSTER', 'COMPONENT', 'REF(KIND/NAMESPACE/NAME)', 'ENDPOINT', 'INNER'], rows)
}

/** Source of the columns: KubeVela, `vela status --pod`. */
export function renderPods(view: EnvironmentView): string {
  const rows = view.applications
    .flatMap((application) => application.components)
    .flatMap((component) =>
      component.replicas.map((replica) => [
        component.cluster,
        component.name,
        `${component.key}-${replica.ordinal}`,
        component.namespace,
        replica.phase,
        formatInstant(replica.since),
        replica.revision,
        view.engine.name,
      ]),
    )
  return renderTable(['CLUSTER', 'COMPONENT', 'POD NAME', 'NAMESPACE', 'PHASE', 'CREATE TIME', 'REVISION', 'HOST'], rows)
}

function about(application: ApplicationView, view: EnvironmentView): string {
  const fields: readonly (readonly [string, string])[] = [
    ['Name', application.name],
    ['Namespace', application.namespace],
    ['Created at', formatInstant(application.createdAt)],
    ['Healthy', mark(application.healthy)],
    ['Details', application.phase],
    ...(application.message === undefined ? [] : [['Message', application.message] as const]),
    ['Revision', application.revision],
    ['Environment', view.environment],
    ['Engine', `${view.engine.name} (${view.engine.state}${view.engine.detail === '' ? '' : `, ${view.engine.detail}`})`],
  ]
  return `About:\n\n${fields.map(([name, value]) => `  ${`${name}:`.padEnd(14)}${value}\n`).join('')}\n`
}

function workflow({ workflow: run }: ApplicationView, style: StatusStyle): string {
  const head = [`mode: ${run.mode}`, `finished: ${run.finished}`, `Suspend: ${run.suspended}`, `Terminated: ${run.terminated}`, 'Steps']
  return `Workflow:\n\n${head.map((line) => `  ${line}\n`).join('')}${run.steps.map((step) => stepLines(step, '  ', style)).join('')}\n`
}

function stepLines(step: StepRun, indent: string, style: StatusStyle): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['name', step.name],
    ['type', step.type],
    ['phase', step.phase],
    ['reason', step.reason],
    ['message', step.message],
  ]
  const shown = fields.filter(([, value]) => value !== undefined && value !== '')
  const own = shown.map(([name, value], index) => `${indent}${index === 0 ? '- ' : '  '}${name}: ${value}\n`).join('')
  return own + step.steps.map((inner) => stepLines(inner, `${indent}  `, style)).join('')
}

function services(application: ApplicationView, style: StatusStyle): string {
  return `Services:\n\n${application.components.map((component) => service(component, style)).join('')}`
}

function service(component: ComponentView, { now }: StatusStyle): string {
  const lines = [
    `- Name: ${component.name}`,
    `  Cluster: ${component.cluster}`,
    `  Namespace: ${component.namespace}`,
    `  Type: ${component.type}${component.simulated ? '' : ' (not simulated)'}`,
    `  Health: ${mark(component.healthy)}`,
    ...(component.message === '' ? [] : [`  Message: ${component.message}`]),
    ...scalingLines(component),
    ...component.holds.flatMap((hold) => [`  Hold: ${describeHold(hold, now)}`, ...holdDetails(hold).map((line) => `    ${line}`)]),
    ...component.replicas.flatMap((replica) => lastEnd(replica, now)),
    ...(component.traits.length === 0
      ? ['  No trait applied']
      : ['  Traits:', ...component.traits.map((trait) => `    ${traitText(trait)}`)]),
  ]
  return `${lines.map((line) => `  ${line}\n`).join('')}\n`
}

/** Source of the words: kubectl, columns of a ScaledObject. */
function scalingLines({ scaling, desired, ready }: ComponentView): readonly string[] {
  if (scaling === undefined) return []
  const { min, max, active, failing = [], triggers, paused } = scaling
  const state = paused !== undefined ? `paused (${paused})` : active.length > 0 ? `active: ${active.join(', ')}` : 'no trigger active'
  return [
    `  Scaling: ${desired} wanted, ${ready} ready, between ${min} and ${max}; ${triggers === 1 ? '1 trigger' : `${triggers} triggers`}, ${state}`,
    ...failing.map(({ trigger, error }) => `    ${trigger} cannot be read: ${error}`),
  ]
}

/** A replica that is well again, with what happened to it. */
function lastEnd({ component, ordinal, lastEnd: end }: ReplicaView, now: Instant): readonly string[] {
  return end === undefined ? [] : [`  Restarted: ${component}-${ordinal}, ${formatDuration(Math.max(0, now - end.at))} ago: ${end.why}`]
}

function traitText(trait: ComponentView['traits'][number]): string {
  return `${mark(trait.healthy)} ${trait.type}${trait.simulated ? '' : ' (not simulated)'}${trait.message === undefined || trait.message === '' ? '' : `: ${trait.message}`}`
}

/** What this machine does differently, and what is wrong with the last load. */
function notes(application: ApplicationView, { paint }: StatusStyle): string {
  const policies = application.policies
    .filter((policy) => !policy.simulated)
    .map((policy) => `policy ${policy.name} (${policy.type}): not simulated`)
  const all = [...application.notes, ...application.components.flatMap((component) => component.notes)]
  const lines = [...policies, ...all.map((note) => `${note.subject}: ${note.kind.replace('-', ' ')}: ${note.text}`)]
  const block = lines.length === 0 ? '' : `Notes:\n\n${[...new Set(lines)].map((line) => `  - ${line}\n`).join('')}\n`
  const diagnostics = application.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)).join('')
  return block + (diagnostics === '' ? '' : `Diagnostics:\n\n${diagnostics}\n`)
}

function mark(healthy: boolean): string {
  return healthy ? '✅' : '❌'
}
