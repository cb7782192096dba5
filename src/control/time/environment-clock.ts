import type { Clock } from '../../kernel/clock.ts'
import { after, type Instant, type Millis } from '../../kernel/instant.ts'
import { ScaledClock, type ScaledStart } from '../../kernel/scaled-clock.ts'
import { VirtualClock } from '../../kernel/virtual-clock.ts'

/** How time passes for the decisions of an environment. Processes, probes, drains and the edge live in the time of the machine. */
export type ClockSetting =
  | { readonly kind: 'system' }
  | ({ readonly kind: 'scaled' } & ScaledStart)
  /** Moves only when it is told; `now` is where it stands. */
  | { readonly kind: 'virtual'; readonly now: Instant }

export const SYSTEM_CLOCK: ClockSetting = { kind: 'system' }

/** The clock of one environment. */
export class EnvironmentClock {
  readonly clock: Clock
  readonly setting: ClockSetting
  readonly #virtual: VirtualClock | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(beneath: Clock, setting: ClockSetting) {
    this.setting = setting
    this.#virtual = setting.kind === 'virtual' ? new VirtualClock({ start: setting.now }) : undefined
    this.clock = this.#virtual ?? (setting.kind === 'scaled' ? new ScaledClock(beneath, setting) : beneath)
  }

  /** Seconds of this clock for one of the machine; 0 where it stands still. */
  get speed(): number {
    if (this.setting.kind === 'virtual') return 0
    return this.setting.kind === 'scaled' ? this.setting.speed : 1
  }

  /**
   * Lets time pass. A virtual clock goes from timer to timer and waits each time until what it caused has settled; any other one is waited for. One
   * after the other, where several ask.
   */
  advance(duration: Millis, settled: () => Promise<void>, signal: AbortSignal): Promise<Instant> {
    const turn = this.#turn.then(() => this.#advance(duration, settled, signal))
    this.#turn = turn.catch(() => {})
    return turn
  }

  async #advance(duration: Millis, settled: () => Promise<void>, signal: AbortSignal): Promise<Instant> {
    signal.throwIfAborted()
    const virtual = this.#virtual
    if (virtual === undefined) {
      await this.clock.sleep(duration, signal)
      await settled()
      return this.clock.now()
    }
    const target = after(virtual.now(), duration)
    await settled()
    for (let next = virtual.next(); next !== undefined && next <= target; next = virtual.next()) {
      signal.throwIfAborted()
      await virtual.advanceTo(next)
      await settled()
    }
    await virtual.advanceTo(target)
    return virtual.now()
  }
}
