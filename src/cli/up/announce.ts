import { formatInstant, type Instant } from '../../kernel/instant.ts'
import type { ApplyAnswer } from '../../wire/answers.ts'
import type { Envelope, EventBody } from '../../wire/events.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { describeHold } from '../render/holds.ts'
import type { Paint } from '../render/paint.ts'
import type { Assessment } from './assess.ts'

/** Warnings of the model, and which engine runs it and why. */
export function renderApplied(answer: ApplyAnswer, paint: Paint): string {
  const names = answer.applications.map((application) => application.name).join(', ')
  const reason = answer.engineReason === '' ? '' : ` (${answer.engineReason})`
  return `${answer.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)).join('')}${paint.bold(names)} on the ${answer.engine} engine${reason}\n`
}

/** Where the applications answer: what they publish themselves first, the names that every component has after that. */
export function renderAddresses(view: EnvironmentView, applications: ReadonlySet<string>, paint: Paint): string {
  const outside = view.applications
    .filter((application) => applications.has(application.name))
    .flatMap((application) => application.components)
    .flatMap(({ key, endpoints }) => endpoints.filter(({ inner }) => !inner).map(({ ref, url }) => ({ key, ref, url })))
  const isOwnName = ({ ref }: { readonly ref: string }): boolean => ref.startsWith('Component/')
  const rows = [...outside.filter((endpoint) => !isOwnName(endpoint)), ...outside.filter(isOwnName)].map(
    ({ key, url }) => `  ${paint.cyan(url)}  ${paint.dim(key)}\n`,
  )
  const edge = rows.length === 0 || view.edge.url === undefined ? '' : `  ${paint.dim(`edge: ${view.edge.url}`)}\n`
  return [...new Set(rows)].join('') + edge
}

/** What is still missing and why, one line each. */
export function renderPending(assessment: Assessment): string {
  const pending = assessment.components.filter(({ state }) => state === 'pending' || state === 'started' || state === 'failed')
  return [
    ...pending.map(({ component, state, why }) => `  ${component.key}: ${state}, ${why}\n`),
    ...assessment.suspended.map(
      ({ application, message }) => `  ${application}: ${message}; go on with: minipaas workflow resume ${application}\n`,
    ),
    ...(assessment.reachable ? [] : ['  the edge does not listen yet: no request can come\n']),
  ].join('')
}

/** A status line for an event after the start, or undefined for those that people need not see. */
export function renderEvent(envelope: Envelope, paint: Paint): string | undefined {
  const text = textOf(envelope.body, envelope.at, paint)
  return text === undefined ? undefined : `${text}\n`
}

function textOf(body: EventBody, at: Instant, paint: Paint): string | undefined {
  switch (body.type) {
    case 'model.rejected': {
      const shown = body.diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)).join('')
      return `${shown}${paint.red('model rejected')}: ${body.app || 'the last good one'} keeps running as it was`
    }
    case 'model.loaded':
      return `${paint.green('model applied')}: ${body.app}${body.diagnostics.map((diagnostic) => `\n${renderDiagnostic(diagnostic, paint).trimEnd()}`).join('')}`
    case 'app.removed':
      return `${body.app}: removed`
    case 'component.healthy':
      return `${body.component}: ${paint.green('healthy')}${body.message === '' ? '' : ` (${body.message})`}`
    case 'component.unhealthy':
      return `${body.component}: ${paint.yellow('unhealthy')}${body.message === '' ? '' : ` (${body.message})`}`
    case 'step.failed':
      return `${body.group ?? body.key}: ${paint.red('failed')}: ${body.fault.message}${body.fault.next === undefined ? '' : `\n  next: ${body.fault.next}`}`
    case 'replica.changed':
      return body.phase === 'exited' ? `${body.component}: exited${body.detail === undefined ? '' : ` (${body.detail})`}` : undefined
    case 'engine.changed':
      return `engine: ${body.health.state}${body.health.detail === '' ? '' : ` (${body.health.detail})`}`
    case 'edge.changed':
      return `edge: ${body.state}${body.detail === '' ? '' : ` (${body.detail})`}`
    case 'workflow.step':
      return body.phase === 'running' || body.phase === 'pending'
        ? undefined
        : `${body.app}: step ${body.step} ${body.phase}${body.message === undefined ? '' : ` (${body.message})`}`
    case 'workflow.notification':
      return `${body.app}: notification to ${body.channels.join(', ')}: ${body.message}`
    case 'name.unknown':
      return renderDiagnostic(body.diagnostic, paint).trimEnd()
    case 'notice':
      return `${body.level === 'warning' ? paint.yellow('warning') : 'note'}: ${body.text}`
    case 'plan.changed': {
      const stuck = body.holds.filter(({ reason }) => reason === 'secret' || reason === 'capacity' || reason === 'unsupported')
      return stuck.length === 0 ? undefined : stuck.map((hold) => `${hold.subject}: ${describeHold(hold, at)}`).join('\n')
    }
    default:
      return undefined
  }
}

/** One line for `events`, whatever the type. */
export function renderAnyEvent(envelope: Envelope, paint: Paint): string {
  const { type, ...rest } = envelope.body
  const text = textOf(envelope.body, envelope.at, paint)
  const detail =
    text ??
    Object.entries(rest)
      .map(([name, value]) => `${name}=${typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)}`)
      .join(' ')
  return `${paint.dim(formatInstant(envelope.at))} ${paint.bold(type)} ${detail}\n`
}
