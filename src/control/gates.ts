import { formatDuration } from '../kernel/duration.ts'
import type { Instant, Millis } from '../kernel/instant.ts'
import type { Component } from '../model/component.ts'
import type { DesiredRevision } from '../model/desired.ts'
import type { GatePolicy } from '../model/edge.ts'
import { DEFAULT_HOLD_MS } from '../model/route.ts'
import type { Hold, HoldReason } from '../model/step.ts'
import { pauseState } from '../scaling/keda/pause-state.ts'
import { judge } from './readiness.ts'
import { isScaled, policyOf } from './scaling/scaled.ts'
import type { ControlState } from './state.ts'

/** Requests wait this long for an engine that went away before they are refused. Source: design, section 10. */
const ENGINE_ABSENCE_MS: Millis = 10_000

/** Holds that end only when the user does something. */
const NEEDS_THE_USER: ReadonlySet<HoldReason> = new Set(['image', 'secret', 'unsupported', 'failed', 'suspended', 'paused', 'stopped'])

/** Whether a request that finds no ready replica waits or is answered at once, and with which reason. */
export function gateOf(desired: DesiredRevision, state: ControlState, now: Instant): GatePolicy {
  const name = desired.revision.component
  if (state.manual.stopped.has(name)) return refuse(`${name} is stopped; "minipaas start ${name}" starts it`)
  if (desired.replicas === 0) return asleep(desired.revision.spec, state)
  if (state.engineDownSince !== undefined && now - state.engineDownSince > ENGINE_ABSENCE_MS) {
    return refuse(`the ${state.engine.name} engine has not answered for ${formatDuration(now - state.engineDownSince)}`)
  }
  const holds = state.plan.holds.filter((hold) => hold.subject === name || hold.subject.startsWith(`${name}--`))
  for (const hold of holds) {
    const refusal = refusalFor(hold, desired.revision.spec, now)
    if (refusal !== undefined) return refusal
  }
  const lapsed = lapsedDetail(desired, state)
  if (lapsed !== undefined) return refuse(`${name} was ready and is not any more: ${lapsed}`)
  return { mode: 'hold', reason: holds[0] === undefined ? `${name} is starting` : `${name} waits: ${describeHold(holds[0])}` }
}

/** A component at zero is woken by a request when one of its triggers counts requests, unless it is kept at zero by hand. */
function asleep(component: Component, state: ControlState): GatePolicy {
  const { key: name, scale } = component
  if (!isScaled(component)) return refuse(`${name} has no replicas and no trigger that a request could wake`)
  const { paused, scaleOutPaused } = pauseState({ annotations: policyOf(component, state).annotations ?? {} })
  if (paused || scaleOutPaused) return refuse(`${name} has no replicas, and its scaling is paused; "minipaas resume ${name}" resumes it`)
  if (scale.triggers.some(({ from }) => from.by === 'edge')) return { mode: 'hold', reason: `${name} is woken` }
  return refuse(`${name} is scaled to zero, and none of its triggers counts requests`)
}

function refusalFor(hold: Hold, { key: name, gate }: Component, now: Instant): GatePolicy | undefined {
  if (NEEDS_THE_USER.has(hold.reason)) return refuse(`${name}: ${describeHold(hold)}`)
  if (hold.reason === 'crash-backoff' && hold.until !== undefined && hold.until - now > (gate?.holdMs ?? DEFAULT_HOLD_MS)) {
    return refuse(`${name} keeps crashing; next start in ${formatDuration(hold.until - now)}`, hold.until - now)
  }
  return undefined
}

/** Why all replicas are not ready any more, when nothing is planned that would change it. */
function lapsedDetail(desired: DesiredRevision, state: ControlState): string | undefined {
  const { component, id } = desired.revision
  if (state.plan.steps.some((step) => step.group === component && step.action.do !== 'awaitReady')) return undefined
  const { of, draining, standby } = judge(state)
  const current = (state.observed?.replicas ?? []).filter((replica) => replica.revision === id && !standby.has(replica.id))
  if (current.length < desired.replicas || !current.every((replica) => of.get(replica.id)?.lapsed === true && !draining.has(replica.id)))
    return undefined
  return current.map((replica) => of.get(replica.id)?.detail).find((detail) => detail !== undefined) ?? 'its readiness probe fails'
}

function describeHold(hold: Hold): string {
  return hold.on.length === 0 ? hold.reason : `${hold.reason}: ${hold.on.join(', ')}`
}

function refuse(reason: string, retryAfterMs?: Millis): GatePolicy {
  return { mode: 'refuse', status: 503, code: 'MP6003', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}
