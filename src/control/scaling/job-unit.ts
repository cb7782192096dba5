import { sameValue } from '../../kernel/canonical-json.ts'
import { after, type Instant } from '../../kernel/instant.ts'
import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { JobPolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import { decideScaledJob, type JobTriggerReading, type ScaledJobResult } from '../../scaling/jobs/decide.ts'
import { jobsToRollOut } from '../../scaling/jobs/rollout.ts'
import type { Input } from '../input.ts'
import type { ControlState } from '../state.ts'
import { CURRENT_GENERATION, jobViews } from './job-views.ts'
import { policyOf } from './scaled.ts'
import { isDecidable, type UnitPorts } from './scaled-unit.ts'

/** What a poll of a ScaledJob does. */
type JobDecision = Omit<Extract<Input, { type: 'jobs-decided' }>, 'type' | 'component'>
type Scaled = JobDecision['scaled']

export interface RememberedPoll {
  readonly at: Instant
  readonly from: number
  readonly to: number
  readonly result: ScaledJobResult
}

export interface JobUnitPorts extends Pick<UnitPorts, 'clock' | 'gather' | 'state' | 'signal' | 'failed'> {
  readonly decided: (decision: JobDecision) => void
}

/** Polls that changed something. */
const REMEMBERED = 20

/** One ScaledJob: when it is polled, and what its last polls decided. One poll at a time. */
export class JobUnit {
  readonly #ports: JobUnitPorts
  #component: Component
  #pollAt: Instant
  #turn: Promise<void> = Promise.resolve()
  #polling = false
  #running = 0
  #lastActiveAt: Instant | undefined
  readonly #since: Instant
  #shown: Scaled | undefined
  #readings: readonly TriggerReading[] = []
  #last: RememberedPoll | undefined
  #history: readonly RememberedPoll[] = []

  constructor(component: Component, known: Scaled | undefined, ports: JobUnitPorts) {
    this.#ports = ports
    this.#component = component
    const now = ports.clock.now()
    this.#pollAt = now
    this.#since = known?.since ?? now
    this.#lastActiveAt = known?.lastActiveAt
  }

  get component(): Component {
    return this.#component
  }

  get dueAt(): Instant {
    return this.#pollAt
  }

  /** No poll is under way. */
  get idle(): boolean {
    return this.#running === 0
  }

  /** Of the last poll. */
  get readings(): readonly TriggerReading[] {
    return this.#readings
  }

  get last(): RememberedPoll | undefined {
    return this.#last
  }

  get history(): readonly RememberedPoll[] {
    return this.#history
  }

  /** The model was applied again: a changed spec is decided by at once. */
  enter(component: Component, now: Instant): void {
    const changed = !sameValue(component.scale, this.#component.scale)
    this.#component = component
    if (changed) this.#pollAt = now
  }

  /** Runs what is due; the rhythm does not wait for readings. */
  run(now: Instant): void {
    if (this.#pollAt > now) return
    this.#pollAt = after(now, this.#component.scale.pollMs)
    if (this.#polling) return
    this.#polling = true
    this.#running++
    this.#turn = this.#turn
      .then(() => this.#poll())
      .catch((error: unknown) => {
        if (!this.#ports.signal.aborted) this.#ports.failed(error)
      })
      .finally(() => {
        this.#polling = false
        this.#running--
      })
  }

  async #poll(): Promise<void> {
    const { gather, signal, state: current } = this.#ports
    const component = this.#component
    if (signal.aborted || !isDecidable(current(), component)) return
    const readings = await gather(component, signal)
    const state = current()
    if (signal.aborted || component !== this.#component || !isDecidable(state, component)) return
    this.#readings = readings
    this.#decide(component, state)
  }

  #decide(component: Component, state: ControlState): void {
    const { jobs: policy } = component.scale
    if (policy === undefined) return
    const now = this.#ports.clock.now()
    const { annotations = {} } = policyOf(component, state)
    const paused = annotations[PAUSED]
    const all = jobViews(component, state)
    const triggers = component.scale.triggers.map((trigger) => readingOf(trigger, this.#readings))
    const decide = (jobs: typeof all): ScaledJobResult =>
      decideScaledJob({
        ...policy,
        nowMs: now,
        triggers,
        jobs,
        ...(paused === undefined ? {} : { pausedAnnotation: paused }),
        ...(this.#lastActiveAt === undefined ? {} : { lastActiveAtMs: this.#lastActiveAt }),
      })
    const before = decide(all)
    const superseded = before.paused ? [] : supersededJobs(all, policy)
    const result = superseded.length === 0 ? before : decide(all.filter(({ name }) => !superseded.includes(name)))
    this.#lastActiveAt = result.lastActiveAtMs as Instant | undefined
    this.#tell(result, { superseded, from: before.runningJobCount, now })
  }

  #tell(result: ScaledJobResult, of: { readonly superseded: readonly string[]; readonly from: number; readonly now: Instant }): void {
    const { superseded, from, now } = of
    const remove = [...superseded, ...result.remove].map(Number)
    const to = result.runningJobCount + result.create
    this.#last = { at: now, from, to, result }
    const acts = result.create > 0 || remove.length > 0
    if (acts) this.#history = [...this.#history.slice(1 - REMEMBERED), this.#last]
    const active = result.paused ? [] : this.#activeTriggers()
    if (!acts && this.#shown !== undefined && sameValue(this.#shown.active, active)) return
    const lastActiveAt = this.#lastActiveAt
    this.#shown = { replicas: to, since: this.#since, active, ...(lastActiveAt === undefined ? {} : { lastActiveAt }) }
    const rolled = superseded.length === 0 ? [] : [`the spec has changed: ${superseded.length} of an earlier one end`]
    const because = [...rolled, ...result.trail.map((entry) => entry.because)]
    this.#ports.decided({ create: result.create, remove, from, scaled: this.#shown, because })
  }

  #activeTriggers(): readonly string[] {
    const { triggers } = this.#component.scale
    return triggers.filter((trigger) => readingOf(trigger, this.#readings).active === true).map(({ name }) => name)
  }
}

/** Source: KEDA, PausedAnnotation. */
const PAUSED = 'autoscaling.keda.sh/paused'

function supersededJobs(jobs: ReturnType<typeof jobViews>, { rollout, rolloutStrategy }: JobPolicy): readonly string[] {
  const { end, remove } = jobsToRollOut({
    jobs,
    generation: CURRENT_GENERATION,
    ...rollout,
    ...(rolloutStrategy === undefined ? {} : { rolloutStrategy }),
  })
  return [...end, ...remove]
}

/** An external scaler names its own metric and target. */
function readingOf({ name, type, target, activation }: ScaleTrigger, readings: readonly TriggerReading[]): JobTriggerReading {
  const reading = readings.find(({ trigger }) => trigger === name)
  const metric = reading?.metrics?.[0]
  const value = reading?.value ?? metric?.value
  const targetAverageValue = metric?.target ?? target
  const error = reading === undefined ? 'it was not read' : reading.error
  if (error !== undefined || value === undefined) return { name, type, targetAverageValue, error: error ?? 'no value' }
  const active = reading?.active ?? (reading?.activationValue ?? value) > activation
  return { name, type, targetAverageValue, value, active }
}
