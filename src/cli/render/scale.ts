import { formatDuration } from '../../kernel/duration.ts'
import { formatInstant, type Instant } from '../../kernel/instant.ts'
import type { ScaleDecisionView, ScaleTriggerView, ScaleView } from '../../wire/scale-view.ts'
import type { Paint } from './paint.ts'
import { renderTable } from './table.ts'

/** The trail of the last decisions, and what would happen next, when. Durations are those of the environment's clock. */
export function renderScale(view: ScaleView, paint: Paint): string {
  const idle = view.idle === undefined ? '' : `, idle ${view.idle}`
  const scaler = view.jobs !== undefined ? 'ScaledJob' : view.by === 'keda' ? 'ScaledObject' : 'HorizontalPodAutoscaler'
  const load = view.held + view.inFlight === 0 ? '' : `, ${view.inFlight} requests in flight, ${view.held} held`
  return [
    `${paint.bold(view.component)}: ${sizeOf(view)}, between ${view.min} and ${view.max}${idle} (${scaler} ${view.name})${load}\n`,
    ...view.annotations.map(({ name, value, byHand }) => `  ${name}: ${value}${byHand ? ' (set by hand)' : ''}\n`),
    `\n${renderTable(['TRIGGER', 'TYPE', 'VALUE', 'TARGET', 'ACTIVE', 'FROM'], view.triggers.map(triggerRow))}`,
    ...view.triggers.flatMap(({ name, error }) => (error === undefined ? [] : [`${paint.yellow(name)}: ${error}\n`])),
    ...block('next', next(view)),
    ...block(
      'conditions',
      view.conditions.map(
        ({ by, type, status, reason, message }) =>
          `${by} ${type}=${status}${reason === '' ? '' : ` ${reason}`}${message === '' ? '' : `: ${message}`}`,
      ),
    ),
    ...block(
      'decisions',
      view.decisions.flatMap((decision) => decisionLines(decision, view.now)),
    ),
  ].join('')
}

function sizeOf({ replicas, ready, jobs }: ScaleView): string {
  if (jobs === undefined) return `${replicas} wanted, ${ready} ready`
  const { running, pending, complete, failed, strategy } = jobs
  return `${running === 1 ? '1 job' : `${running} jobs`} unfinished (${pending} pending), ${complete} complete, ${failed} failed, strategy ${strategy}`
}

function block(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}:\n`, ...lines.map((line) => `  ${line}\n`)]
}

function triggerRow(trigger: ScaleTriggerView): readonly string[] {
  const { name, type, value, target, metricType, active, from, byHand, activation } = trigger
  const threshold = activation === 0 ? '' : ` (above ${activation})`
  return [
    name,
    type,
    value === undefined ? '-' : figure(value),
    `${figure(target)} ${metricType}`,
    `${active ? 'yes' : 'no'}${threshold}`,
    byHand === true ? 'hand' : from,
  ]
}

function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, '')
}

function next({ next: { pollAt, syncAt, coolDownEndsAt }, now, idle, min, by, jobs }: ScaleView): readonly string[] {
  if (jobs !== undefined) return pollAt === undefined ? [] : [`poll ${within(pollAt, now)}: jobs are created and finished ones cleaned up`]
  const low = idle ?? min
  return [
    ...(pollAt === undefined ? [] : [`poll ${within(pollAt, now)}: activation, between ${low} and the rest`]),
    ...(syncAt === undefined ? [] : [`sync ${within(syncAt, now)}: ${by === 'hpa' ? 'size' : 'size from 1 up'}`]),
    ...(coolDownEndsAt === undefined
      ? []
      : [`cool-down over ${within(coolDownEndsAt, now)}: the first poll after it scales to ${low}, unless a trigger becomes active`]),
  ]
}

function within(at: Instant, now: Instant): string {
  return at <= now ? 'now' : `in ${formatDuration(at - now)}`
}

function decisionLines(decision: ScaleDecisionView, now: Instant): readonly string[] {
  const { at, by, from, to, trail, last } = decision
  const what = last === true ? `${to}, as before` : `${from} -> ${to}`
  return [
    `${formatInstant(at)} (${formatDuration(Math.max(0, now - at))} ago) ${by}: ${what}`,
    ...trail.map((entry) => `  ${entry.stage}: ${entry.from === entry.to ? '' : `${entry.from} -> ${entry.to}: `}${entry.because}`),
  ]
}
