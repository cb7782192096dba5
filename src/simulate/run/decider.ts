import type { ScalePolicy, ScaleTrigger } from '../../model/scale-policy.ts'
import type { ScaledRequests, ScalerDecision, ScalerInput, ScalerState } from '../../scaling/scaler/scaler-types.ts'
import type { ComponentLoad } from '../load/load-types.ts'
import type { Readings } from './readings.ts'
import type { PodUsage, Replicas } from './replicas.ts'
import type { Scaler } from './scaler-port.ts'
import { sizeSignature } from './size-signature.ts'

/** The HPA's sync period. Source: kubernetes, --horizontal-pod-autoscaler-sync-period. */
const SYNC_MICROS = 15_000_000

export interface DeciderPorts {
  readonly name: string
  readonly policy: ScalePolicy
  readonly scaler: Scaler
  readonly startMs: number
  readonly replicas: Replicas
  readonly readings: Readings
  readonly requests: Readonly<Record<string, ScaledRequests>>
  /** When the first ticks are, where they are not those of a component that was just made. */
  readonly begins?: ComponentLoad['begins']
  /** What one ready replica uses; asked at syncs. */
  readonly usage: (time: number) => PodUsage
  /** A decision that changed the number of replicas, or by what it is limited. */
  readonly decided: (decision: Decided) => void
  /** Ask the scaler at each tick, also where nothing can have changed: the same result, more slowly. */
  readonly always: boolean
}

/** A decision as it is reported. */
export interface Decided {
  readonly at: number
  readonly by: 'poll' | 'sync'
  readonly from: number
  readonly decision: ScalerDecision
}

interface Question {
  readonly by: 'poll' | 'sync'
  readonly time: number
  readonly values: Float64Array
  /** Of the last poll, or of that which is made up for. */
  readonly activities: Float64Array
  readonly explain: 'trail' | 'none'
}

/** A tick whose outcome is known while nothing that it looked at changes. */
class Settled {
  /** Of the replicas; negative while nothing is known. */
  #version = -1
  /** When time alone could make it go otherwise. */
  #until = 0
  readonly signature: Float64Array
  readonly values: Float64Array
  /** The last tick that was not asked, as it would have gone as the one before; negative when there is none. */
  skippedAt = -1

  constructor(size: number) {
    this.signature = new Float64Array(size)
    this.values = new Float64Array(size)
  }

  set(version: number, signature: Float64Array, values: Float64Array, until = Number.POSITIVE_INFINITY): void {
    this.#version = version
    this.#until = until
    this.signature.set(signature)
    this.values.set(values)
    this.skippedAt = -1
  }

  forget(): void {
    this.#version = -1
    this.skippedAt = -1
  }

  covers(version: number, signature: Float64Array, time: number): boolean {
    if (this.#version !== version || time >= this.#until) return false
    for (let index = 0; index < signature.length; index++) if (this.signature[index] !== signature[index]) return false
    return true
  }
}

/** Asks the scaler at the ticks of the operator and of the HPA, and does what it says. Ticks that can change nothing are made up for only when something changes. */
export class Decider {
  /** When the next ticks are. */
  nextPoll: number
  nextSync: number
  /** Ticks, and those of them at which the scaler was asked. */
  ticks = 0
  asked = 0
  #state: ScalerState
  readonly #ports: DeciderPorts
  readonly #pollMicros: number
  readonly #usesPods: boolean
  readonly #cached: boolean
  /** Polls that found it active, and those that did not. */
  readonly #active: Settled
  readonly #inactive: Settled
  readonly #synced: Settled
  #pollValues: Float64Array | undefined
  readonly #signature: Float64Array
  /** Of the last poll. */
  readonly #activities: Float64Array
  /** The HPA goes no lower. */
  readonly #least: number
  #limitedBy: ScalerDecision['limitedBy']

  constructor(ports: DeciderPorts) {
    const { policy, scaler, startMs, readings } = ports
    this.#ports = ports
    this.#least = Math.max(1, policy.min)
    this.#pollMicros = policy.pollMs * 1000
    this.#state = scaler.initial({ policy, nowMs: startMs })
    this.#usesPods = policy.triggers.some(({ from }) => from.by === 'engine')
    this.#cached = policy.triggers.some(({ useCachedMetrics }) => useCachedMetrics)
    this.#signature = new Float64Array(readings.triggers.length)
    this.#activities = new Float64Array(this.#signature.length)
    this.#active = new Settled(this.#signature.length)
    this.#inactive = new Settled(this.#signature.length)
    this.#synced = new Settled(this.#signature.length)
    const scales = policy.triggers.length > 0
    const { pollSeconds = 0, syncSeconds } = ports.begins ?? {}
    this.nextPoll = scales && policy.by !== 'hpa' ? Math.round(pollSeconds * 1_000_000) : Number.POSITIVE_INFINITY
    this.nextSync = scales ? (syncSeconds === undefined ? SYNC_MICROS : Math.round(syncSeconds * 1_000_000)) : Number.POSITIVE_INFINITY
  }

  /** A tick of the operator; one between its ticks, on demand, does not move them. */
  poll(time: number): void {
    const { readings, replicas } = this.#ports
    if (time >= this.nextPoll) this.nextPoll += this.#pollMicros
    this.ticks++
    readings.measure(time)
    readings.activities(this.#signature)
    this.#activities.set(this.#signature)
    if (this.#isKnown(this.#active, time) || this.#isKnown(this.#inactive, time)) {
      if (this.#cached) this.#pollValues?.set(readings.values)
      return
    }
    this.#catchUp()
    if (this.#cached) this.#pollValues = readings.values.slice()
    const decision = this.#ask('poll', time)
    const size = replicas.wanted
    const { policy, startMs } = this.#ports
    const least = policy.idle ?? policy.min
    const active = decision.active.length > 0
    const rests = active ? size > 0 && size >= policy.min : size === least || (policy.idle === undefined && least > 0)
    // A cool-down ends at a known time, or later where polls in between find it active.
    const cools = decision.limitedBy === 'cooldown' && decision.wakeAtMs !== undefined
    const settled = active ? this.#active : this.#inactive
    if ((rests || cools) && decision.replicas === size) {
      const until = cools ? ((decision.wakeAtMs ?? 0) - startMs) * 1000 : Number.POSITIVE_INFINITY
      settled.set(replicas.version, this.#signature, readings.values, until)
    } else settled.forget()
    this.#apply('poll', time, decision)
  }

  /** A tick of the HPA. */
  sync(time: number): void {
    const { readings, replicas, policy } = this.#ports
    this.nextSync += SYNC_MICROS
    // The HPA does nothing while there is no replica.
    if (replicas.wanted === 0) return
    this.ticks++
    readings.measure(time)
    const view = { replicas: replicas.wanted, existing: replicas.existing, ready: replicas.ready }
    const { triggers } = readings
    for (let index = 0; index < triggers.length; index++)
      this.#signature[index] = sizeSignature(policy, triggers[index] as ScaleTrigger, this.#valueAtSync(index), view)
    if (!this.#usesPods && this.#isKnown(this.#synced, time)) return
    this.#catchUp()
    const decision = this.#ask('sync', time)
    const wish = decision.proposals.reduce<number>((most, { replicas: count }) => Math.max(most, count ?? Number.NaN), -1)
    // Beyond a bound by its own wish: one of earlier wishes would pass with time. At the least size no earlier wish can be larger, or it would grow.
    const bound = view.replicas === this.#least ? wish <= this.#least : decision.limitedBy === 'max' && wish > view.replicas
    const rests = wish === view.replicas || bound
    if (rests && decision.replicas === view.replicas) this.#synced.set(replicas.version, this.#signature, this.#syncValues())
    else this.#synced.forget()
    this.#apply('sync', time, decision)
  }

  #valueAtSync(index: number): number {
    const { readings } = this.#ports
    const cached = this.#cached && readings.triggers[index]?.useCachedMetrics === true ? this.#pollValues?.[index] : undefined
    return cached ?? (readings.values[index] as number)
  }

  #syncValues(): Float64Array {
    const { values } = this.#ports.readings
    return this.#cached ? Float64Array.from(values, (_, index) => this.#valueAtSync(index)) : values
  }

  #isKnown(settled: Settled, time: number): boolean {
    if (this.#ports.always || !settled.covers(this.#ports.replicas.version, this.#signature, time)) return false
    settled.skippedAt = time
    return true
  }

  /** To be called before replicas change by themselves: ticks that were not asked looked at them as they are. */
  beforeChange(): void {
    this.#catchUp()
  }

  /** The last of the ticks that were not asked leave their marks: the operator's last active poll, the HPA's last recommendation. */
  #catchUp(): void {
    // In the order of time: the operator's last polls, and the HPA's last sync.
    const synced = this.#synced.skippedAt
    if (synced < Math.min(this.#active.skippedAt, this.#inactive.skippedAt)) this.#makeUp('sync', this.#synced)
    const [first, second] =
      this.#active.skippedAt <= this.#inactive.skippedAt ? [this.#active, this.#inactive] : [this.#inactive, this.#active]
    this.#makeUp('poll', first)
    this.#makeUp('poll', second)
    this.#makeUp('sync', this.#synced)
  }

  #makeUp(by: 'poll' | 'sync', settled: Settled): void {
    if (settled.skippedAt < 0) return
    const { skippedAt, values, signature } = settled
    const activities = by === 'poll' ? signature : this.#activities
    this.#state = this.#decide({ by, time: skippedAt, values, activities, explain: 'none' }).state
    settled.skippedAt = -1
  }

  #ask(by: 'poll' | 'sync', time: number): ScalerDecision {
    this.asked++
    const values = by === 'sync' ? this.#syncValues() : this.#ports.readings.values
    const question = { by, time, values, activities: this.#activities }
    const quick = this.#decide({ ...question, explain: 'none' })
    const news = quick.replicas !== this.#ports.replicas.wanted || quick.limitedBy !== this.#limitedBy
    const decision = news && by === 'sync' ? this.#decide({ ...question, explain: 'trail' }) : quick
    this.#state = decision.state
    return decision
  }

  #decide({ by, time, values, activities, explain }: Question): ScalerDecision {
    const { name, policy, scaler, startMs, replicas, readings, requests, usage } = this.#ports
    const input: ScalerInput = {
      policy,
      state: this.#state,
      readings: readings.list(values, activities, time),
      replicas: replicas.wanted,
      statusReplicas: replicas.existing,
      pods: replicas.pods(name, startMs, () => (this.#usesPods ? usage(time) : undefined)),
      requests,
      nowMs: startMs + time / 1000,
      explain,
    }
    return by === 'poll' ? scaler.poll(input) : scaler.sync(input)
  }

  #apply(by: 'poll' | 'sync', time: number, decision: ScalerDecision): void {
    const { replicas, decided } = this.#ports
    const from = replicas.wanted
    const { limitedBy } = decision
    // At its least a size often is, whatever is wished; one that is held back is news.
    const held = by === 'sync' && from > this.#least && limitedBy !== undefined && limitedBy !== this.#limitedBy
    if (by === 'sync') this.#limitedBy = limitedBy
    if (decision.replicas !== from) replicas.scaleTo(decision.replicas, time)
    if (decision.replicas !== from || held) decided({ at: time, by, from, decision })
  }
}
