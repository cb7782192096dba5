import { after, earliest, type Instant } from '../../kernel/instant.ts'
import type { ReplicaId } from '../../model/names.ts'
import type { Action, Hold, HoldReason, Plan, Step, StepFailure, StepKey } from '../../model/step.ts'
import { stepBackOff } from './back-off.ts'
import { orderSteps } from './order.ts'
import type { PlanContext } from './plan-context.ts'
import type { StandbyRoles } from './standby-roles.ts'
import { stepKey, subjectOf } from './step-keys.ts'
import { verbOf } from './verbs.ts'

/** A step as a rule asks for it. */
export interface StepWish {
  readonly action: Action
  readonly fingerprint?: string
  /** Keys of steps of the same plan; undefined entries mean that there is nothing to wait for. */
  readonly needs?: readonly (StepKey | undefined)[]
  readonly cause: string
  readonly group?: string
  /** Whom it holds up when it fails, where that is not the group: a step that several need is asked for by each. */
  readonly holds?: string
  /** A failure is not repeated and holds nothing up. */
  readonly bestEffort?: true
}

/** The plan of one pass while its rules write it. What is held takes everything that needs it out of the plan. */
export class PlanDraft {
  readonly context: PlanContext
  readonly #steps = new Map<StepKey, Step>()
  readonly #blocked = new Set<StepKey>()
  readonly #holds = new Map<string, Hold>()
  readonly #standbys: StandbyRoles
  #wakeAt: Instant | undefined

  /** `standbys` are the roles of what exists. */
  constructor(context: PlanContext, standbys: StandbyRoles = new Map()) {
    this.context = { ...context, standbys }
    this.#standbys = standbys
  }

  /** A replica that is to be started stands by. */
  standBy(replica: ReplicaId): void {
    this.#standbys.set(replica, 'waiting')
  }

  /** Adds a step (once per key) and returns its key for the needs of others; undefined when nothing is left to wait for. */
  add(wish: StepWish): StepKey | undefined {
    const key = stepKey(wish.action, wish.fingerprint)
    const failure = this.context.inFlight.has(key) ? undefined : this.context.failures.get(key)
    if (failure !== undefined) {
      if (wish.bestEffort === true) return undefined
      const wait = stepBackOff(failure)
      const until = wait === undefined ? undefined : after(failure.lastAt, wait)
      if (until === undefined || until > this.context.now) return this.block(key, failureHold(wish, failure, until))
    }
    if (this.#steps.has(key) || this.#blocked.has(key)) return key
    const needs = [...new Set((wish.needs ?? []).filter((need) => need !== undefined))]
    this.#steps.set(key, {
      key,
      action: wish.action,
      needs,
      cause: wish.cause,
      ...(wish.group === undefined ? {} : { group: wish.group }),
      ...(wish.bestEffort === undefined ? {} : { bestEffort: true }),
    })
    return key
  }

  /** Says that a step cannot be taken now, and why. */
  block(key: StepKey, hold: Hold): StepKey {
    this.#steps.delete(key)
    this.#blocked.add(key)
    this.hold(hold)
    return key
  }

  /** Records a hold; those of one subject and reason become one that ends with the first of them. */
  hold(hold: Hold): void {
    const key = `${hold.subject}\n${hold.reason}`
    const known = this.#holds.get(key)
    const until = earliest(known?.until, hold.until)
    const on = known === undefined ? hold.on : [...new Set([...known.on, ...hold.on])]
    const next = known?.next ?? hold.next
    const failures = Math.max(known?.failures ?? 0, hold.failures ?? 0)
    this.#holds.set(key, {
      subject: hold.subject,
      reason: hold.reason,
      on,
      ...(until === undefined ? {} : { until }),
      ...(next === undefined ? {} : { next }),
      ...(failures === 0 ? {} : { failures }),
    })
    if (hold.until !== undefined) this.wake(hold.until)
  }

  /** Asks for another pass at (or before) a time. */
  wake(at: Instant): void {
    this.#wakeAt = earliest(this.#wakeAt, at)
  }

  finish(): Plan {
    const holds = [...this.#holds.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, hold]) => hold)
    const steps = orderSteps(this.#steps, this.#blocked)
    return {
      steps,
      holds,
      ...(this.#wakeAt === undefined ? {} : { wakeAt: this.#wakeAt }),
      ...(this.#standbys.size === 0 ? {} : { standbys: this.#standbys }),
    }
  }
}

function failureHold(wish: StepWish, failure: StepFailure, until: Instant | undefined): Hold {
  const { action } = wish
  const image = action.do === 'pullImage' || action.do === 'buildImage'
  // What the user has to correct is tried again as well, but whoever waits for it is told at once.
  const hopeless = until === undefined || failure.fault.kind === 'invalid'
  const reason: HoldReason = image ? 'image' : hopeless ? 'failed' : 'crash-backoff'
  const what = `${verbOf(action)} ${subjectOf(action)}: ${failure.fault.message} (${failure.fault.code})`
  return {
    subject: wish.holds ?? wish.group ?? subjectOf(action),
    reason,
    on: [what],
    ...(until === undefined ? {} : { until }),
    ...(failure.fault.next === undefined ? {} : { next: failure.fault.next }),
    failures: failure.count,
  }
}
