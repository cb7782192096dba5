import type { MeterChannel, MeterHost, Owner } from '../model/engine.ts'
import { engineFaults } from '../model/engine-faults.ts'
import type { MeterMessage, MeterTrigger, ToMeters, TriggerReading } from '../model/meter.ts'
import { Mailbox } from './mailbox.ts'
import type { MemoryEnvironments } from './memory-environments.ts'

/** A value in the unit of the trigger's target, or all that a reading may have. */
export type ScriptedReading = number | Omit<TriggerReading, 'trigger'>

interface Program {
  readonly box: Mailbox<MeterMessage>
  triggers: readonly MeterTrigger[]
}

/**
 * Readers of triggers without anything to read: values are what a scenario sets, by the trigger's id and for all environments. It answers
 * in the moment in which it is asked, so that a virtual clock need not move.
 */
export class MemoryMeters implements MeterHost {
  readonly #all: MemoryEnvironments
  readonly #readings = new Map<string, () => ScriptedReading>()
  readonly #programs = new Map<string, Program>()
  #away: string | undefined

  constructor(all: MemoryEnvironments) {
    this.#all = all
  }

  /** As with the real ones, the newest attach is the one that is served. */
  async attach(owner: Owner, signal: AbortSignal): Promise<MeterChannel> {
    this.#all.enter(owner, signal)
    if (this.#away !== undefined) throw engineFaults.metersAway(owner.environment, this.#away)
    this.#programs.get(owner.environment)?.box.close()
    const program: Program = { box: new Mailbox<MeterMessage>(), triggers: [] }
    this.#programs.set(owner.environment, program)
    program.box.push({ type: 'hello', protocol: 1, pid: 1 })
    return {
      messages: program.box,
      send: (message) => this.#receive(owner.environment, program, message),
      close: () => this.#end(owner.environment, program),
    }
  }

  async remove(owner: Owner, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const program = this.#programs.get(owner.environment)
    if (program !== undefined) this.#end(owner.environment, program)
  }

  /** What the trigger says from now on; a function is asked at each reading. A trigger without one has an error. */
  setReading(id: string, reading: ScriptedReading | (() => ScriptedReading)): void {
    this.#readings.set(id, typeof reading === 'function' ? reading : () => reading)
  }

  /** A push scaler reports that it became active; nobody hears it where the trigger is not watched. */
  becomeActive(id: string): void {
    for (const { box, triggers } of this.#programs.values()) {
      if (triggers.some((trigger) => trigger.id === id)) box.push({ type: 'active', trigger: id })
    }
  }

  /** The programs end, and cannot be started for that reason until it is taken back. */
  setAway(why: string | undefined): void {
    this.#away = why
    if (why === undefined) return
    for (const [environment, program] of [...this.#programs]) this.#end(environment, program)
  }

  /** Triggers that are watched in an environment; undefined while nobody is attached. */
  triggers(environment: string): readonly MeterTrigger[] | undefined {
    return this.#programs.get(environment)?.triggers
  }

  #end(environment: string, program: Program): void {
    program.box.close()
    if (this.#programs.get(environment) === program) this.#programs.delete(environment)
  }

  #receive(environment: string, program: Program, message: ToMeters): void {
    if (!program.box.open) return
    switch (message.type) {
      case 'triggers':
        program.triggers = message.triggers
        break
      case 'read':
        program.box.push({ type: 'readings', id: message.id, readings: message.triggers.map((id) => this.#read(program, id)) })
        break
      case 'ping':
        program.box.push({ type: 'pong', id: message.id })
        break
      case 'shutdown':
        this.#end(environment, program)
        break
    }
  }

  #read({ triggers }: Program, id: string): TriggerReading {
    if (!triggers.some((trigger) => trigger.id === id)) return { trigger: id, error: `trigger ${id} is not watched` }
    const reading = this.#readings.get(id)?.() ?? { error: `the scenario sets no value for trigger ${id}` }
    return typeof reading === 'number' ? { trigger: id, value: reading } : { trigger: id, ...reading }
  }
}
