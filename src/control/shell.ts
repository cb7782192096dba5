import { type Clock, type Fault, faultOf, type Instant, type Logger, unreachable } from '../kernel/index.ts'
import type { Action, Step, StepKey } from '../model/index.ts'
import type { EventBody } from '../wire/events.ts'
import { advance } from './advance.ts'
import type { ControlContext } from './context.ts'
import type { EdgeLink } from './edge-link.ts'
import type { Effect, Input } from './input.ts'
import type { Performers } from './performers.ts'
import type { EventLog } from './ports.ts'
import { shownGroup } from './shown-group.ts'
import { Slots } from './slots.ts'
import type { ControlState } from './state.ts'

export interface ShellPorts {
  readonly clock: Clock
  readonly logger: Logger
  readonly context: ControlContext
  readonly events: EventLog
  readonly link: EdgeLink
  readonly performers: Performers
  /** Hides values of secrets in what went wrong. */
  readonly shade: (fault: Fault) => Fault
  /** Asks for an observation soon; repeated requests merge. */
  readonly observe: () => void
  readonly save: (state: ControlState) => void
}

/** Inputs kept for bug reports. */
const REMEMBERED_INPUTS = 200

/**
 * The one writer of an environment's state: drains the mailbox, runs a pass for each input, and performs the effects.
 * Nothing else in the control path waits for anything.
 */
export class Shell {
  readonly #ports: ShellPorts
  #state: ControlState
  #mailbox: Input[] = []
  #draining = false
  #timer: { readonly at: Instant; readonly handle: Disposable } | undefined
  readonly #running = new Map<StepKey, AbortController>()
  readonly #slots = new Slots()
  readonly #listeners = new Set<(state: ControlState) => void>()
  #inputs: { readonly at: Instant; readonly type: string }[] = []
  #stopped = false

  constructor(initial: ControlState, ports: ShellPorts) {
    this.#state = initial
    this.#ports = ports
  }

  get state(): ControlState {
    return this.#state
  }

  get inputs(): readonly { readonly at: Instant; readonly type: string }[] {
    return this.#inputs
  }

  /** Calls back after each pass, until disposed. */
  onPass(listener: (state: ControlState) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** Commands overtake everything that waits; a second wake in a row says nothing new. */
  post(input: Input): void {
    if (this.#stopped) return
    if (input.type === 'command') this.#mailbox.unshift(input)
    else if (input.type === 'observed') this.#mailbox = [...this.#mailbox.filter((waiting) => waiting.type !== 'observed'), input]
    else if (input.type !== 'wake' || !this.#mailbox.some((waiting) => waiting.type === 'wake')) this.#mailbox.push(input)
    this.#drain()
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    try {
      for (let input = this.#mailbox.shift(); input !== undefined; input = this.#mailbox.shift()) this.#pass(input)
    } finally {
      this.#draining = false
    }
  }

  #pass(input: Input): void {
    const now = this.#ports.clock.now()
    this.#inputs = [...this.#inputs.slice(1 - REMEMBERED_INPUTS), { at: now, type: input.type }]
    const { state, effects } = advance(this.#state, input, now, this.#ports.context)
    this.#state = state
    this.#schedule(effects, now)
    for (const effect of effects) this.#perform(effect)
    for (const listener of this.#listeners) listener(state)
  }

  #schedule(effects: readonly Effect[], now: Instant): void {
    this.#timer?.handle[Symbol.dispose]()
    this.#timer = undefined
    const wake = effects.find((effect) => effect.type === 'wake-at')
    if (wake === undefined) return
    const at = wake.at > now ? wake.at : now
    this.#timer = { at, handle: this.#ports.clock.at(at, () => this.post({ type: 'wake' })) }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'observe':
        this.#ports.observe()
        break
      case 'table':
        this.#ports.link.push(effect.table)
        break
      case 'run':
        void this.#run(effect.step)
        break
      case 'abort':
        this.#running.get(effect.key)?.abort(new DOMException('no longer wanted', 'AbortError'))
        break
      case 'emit':
        this.#ports.events.append(effect.body)
        break
      case 'save':
        this.#ports.save(this.#state)
        break
      case 'wake-at':
        break
      default:
        unreachable(effect)
    }
  }

  async #run(step: Step): Promise<void> {
    const controller = new AbortController()
    this.#running.set(step.key, controller)
    try {
      using _slot = await this.#slots.take(step.action.do, controller.signal)
      await performAction(this.#ports.performers, step.action, controller.signal)
      this.post({ type: 'step-done', key: step.key })
    } catch (error) {
      const fault = this.#ports.shade(faultOf(error))
      if (fault.kind === 'internal') this.#ports.logger.log('error', fault.message, { step: step.key })
      this.post({ type: 'step-failed', key: step.key, fault })
    } finally {
      if (this.#running.get(step.key) === controller) this.#running.delete(step.key)
    }
  }

  /** Reports how far the pull or the build of an image has come. */
  reportImage(ref: string, text: string): void {
    for (const { step } of this.#state.work.inFlight.values()) {
      const { action, key } = step
      if ((action.do !== 'pullImage' && action.do !== 'buildImage') || action.ref !== ref) continue
      this.report({ type: 'step.progress', key, text, ...shownGroup(step) })
    }
  }

  /** Reports something that needs no pass. */
  report(body: EventBody): void {
    if (!this.#stopped) this.#ports.events.append(body)
  }

  /** Stops taking inputs and lets go of timers and of steps under way; what they started keeps running. */
  stop(): void {
    this.#stopped = true
    this.#timer?.handle[Symbol.dispose]()
    for (const controller of this.#running.values()) controller.abort(new DOMException('the daemon stops', 'AbortError'))
  }
}

/** One switch over all actions, so that the argument type follows the name. */
function performAction(performers: Performers, action: Action, signal: AbortSignal): Promise<void> {
  const { do: name, ...args } = action
  const perform = performers[name] as (args: unknown, signal: AbortSignal) => Promise<void>
  return perform(args, signal)
}
