import { canonicalJson } from '../../../src/kernel/canonical-json.ts'
import { unreachable } from '../../../src/kernel/fault.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { AwaitedProbe, EdgeProbe, StartingReplica } from '../../../src/model/edge.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import type { EdgeContext } from '../context.ts'
import { probeGrpc } from './grpc-probe.ts'
import { probeHttp } from './http-probe.ts'
import { explainError, type ProbeResult } from './probe-result.ts'
import { probeTcp } from './tcp-probe.ts'

/** Pause of an eager probe at first; it grows to a part of the time that was waited already, so that it costs little and delays little. */
const EAGER_MS: Millis = 1
const EAGER_PART = 0.03

/** Runs the listed probes on their schedules; one that is no longer listed, or is listed differently, is stopped. */
export class ProbeSet {
  readonly #context: EdgeContext
  readonly #onPass: (replica: ReplicaId) => void
  readonly #runs = new Map<string, ProbeRun>()

  /** `onPass` is called when a probe passes that did not before. */
  constructor(context: EdgeContext, onPass: (replica: ReplicaId) => void) {
    this.#context = context
    this.#onPass = onPass
  }

  apply(probes: readonly EdgeProbe[]): void {
    const wanted = new Map(probes.map((probe) => [canonicalJson(probe), probe]))
    for (const [key, run] of this.#runs) {
      if (wanted.has(key)) continue
      run.stop()
      this.#runs.delete(key)
    }
    for (const [key, probe] of wanted) if (!this.#runs.has(key)) this.#runs.set(key, new ProbeRun(probe, this.#context, this.#onPass))
  }

  /** Whether the last answer to the probe that the replica waits for was good. */
  passes({ id, awaits }: StartingReplica): boolean {
    for (const run of this.#runs.values()) if (run.isOf(id, awaits)) return run.passes
    return false
  }

  /** Sends the last result of each probe again. */
  repeat(): void {
    for (const run of this.#runs.values()) run.say()
  }
}

class ProbeRun {
  readonly #probe: EdgeProbe
  readonly #context: EdgeContext
  #asking: AbortController | undefined
  #stopped = false
  #timer: Disposable
  #last: ProbeResult | undefined
  #repeated = 0
  readonly #began: Instant
  #passed = false
  readonly #onPass: (replica: ReplicaId) => void

  constructor(probe: EdgeProbe, context: EdgeContext, onPass: (replica: ReplicaId) => void) {
    this.#probe = probe
    this.#context = context
    this.#onPass = onPass
    this.#began = context.clock.now()
    this.#timer = this.#at(after(this.#began, probe.delayMs))
  }

  get passes(): boolean {
    return this.#last?.ok === true
  }

  isOf(replica: ReplicaId, { container, epoch }: AwaitedProbe): boolean {
    const probe = this.#probe
    return probe.kind === 'ready' && probe.replica === replica && probe.container === container && probe.epoch === epoch
  }

  stop(): void {
    this.#stopped = true
    this.#asking?.abort()
    this.#timer[Symbol.dispose]()
  }

  say(): void {
    if (this.#last === undefined) return
    const { replica, container, kind, epoch } = this.#probe
    this.#context.say({ type: 'probe', replica, container, kind, epoch, ...this.#last, repeated: this.#repeated })
  }

  #at(when: Instant): Disposable {
    return this.#context.clock.at(when, () => void this.#run())
  }

  async #run(): Promise<void> {
    const { clock } = this.#context
    const { timeoutMs } = this.#probe
    const started = clock.now()
    const asking = new AbortController()
    this.#asking = asking
    const timer = clock.at(after(started, timeoutMs), () => asking.abort())
    const outcome = await this.#ask(asking.signal)
    timer[Symbol.dispose]()
    if (this.#stopped) return
    this.#record(asking.signal.aborted && !outcome.ok ? { ok: false, detail: `no answer within ${timeoutMs} ms` } : outcome)
    this.#timer = this.#at(after(started, Math.max(this.#pause(started), clock.now() - started)))
  }

  #pause(now: Instant): Millis {
    const { eager, everyMs } = this.#probe
    return eager === true && !this.#passed ? Math.min(everyMs, Math.max(EAGER_MS, (now - this.#began) * EAGER_PART)) : everyMs
  }

  async #ask(signal: AbortSignal): Promise<ProbeResult> {
    const { action } = this.#probe
    try {
      switch (action.by) {
        case 'http':
          return await probeHttp(this.#probe, action, signal)
        case 'tcp':
          return await probeTcp(this.#probe, signal)
        case 'grpc':
          return await probeGrpc(this.#probe, action, signal)
        default:
          return unreachable(action)
      }
    } catch (error) {
      return { ok: false, detail: explainError(error) }
    }
  }

  #record(result: ProbeResult): void {
    const isNew = this.#last?.ok !== result.ok
    this.#repeated = isNew ? 1 : this.#repeated + 1
    this.#last = result
    this.#passed ||= result.ok
    const threshold = result.ok ? this.#probe.successes : this.#probe.failures
    // Whoever waits goes first; the control core learns of it meanwhile.
    if (isNew && result.ok) this.#onPass(this.#probe.replica)
    if (isNew || this.#repeated === threshold) this.say()
  }
}
