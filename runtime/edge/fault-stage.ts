import { after, type Millis } from '../../src/kernel/instant.ts'
import type { BackendId, EdgeFault, EdgeTable } from '../../src/model/edge.ts'
import type { ComponentKey } from '../../src/model/names.ts'
import { type ArmedFault, SeededNumbers, strike } from '../../src/routing/faults.ts'
import type { Answer, Backend, Disturbances, Visitor } from './backend.ts'
import type { EdgeContext } from './context.ts'

/** The components by the addresses of their replicas; those that share one are nobody's. */
type Callers = ReadonlyMap<string, ComponentKey>

/** What goes through before the gate while disturbances are ordered for a backend, whatever its protocol. */
class FaultStage implements Disturbances {
  faults: readonly ArmedFault[] = []
  callers: Callers = new Map()
  readonly #context: EdgeContext
  /** Visitors that are late. */
  readonly #late = new Map<Visitor, Disposable>()

  constructor(context: EdgeContext) {
    this.#context = context
  }

  get idle(): boolean {
    return this.faults.length === 0 && this.#late.size === 0
  }

  disturb(visitor: Visitor, backend: Backend): boolean {
    const struck = strike(this.faults, this.callers.get(plain(visitor.from)))
    if (struck === undefined) return false
    const { fault, numbers } = struck
    const { does } = fault
    backend.counters.faults++
    switch (does.by) {
      case 'delay':
        this.#later(visitor, does.ms + does.jitterMs * numbers.next(), () => backend.admit(visitor))
        break
      case 'error':
        visitor.refuse(answerOf(fault, does.status, 'an error was ordered'))
        break
      case 'reset':
        if (visitor.reset === undefined) visitor.refuse(answerOf(fault, 503, 'a reset was ordered'))
        else visitor.reset()
        break
      case 'partition':
        this.#later(visitor, visitor.holdMs, () => visitor.refuse(answerOf(fault, 504, 'a partition was ordered')))
        break
    }
    return true
  }

  forget(visitor: Visitor): boolean {
    const timer = this.#late.get(visitor)
    timer?.[Symbol.dispose]()
    return this.#late.delete(visitor)
  }

  #later(visitor: Visitor, ms: Millis, run: () => void): void {
    const { clock } = this.#context
    const timer = clock.at(after(clock.now(), ms), () => {
      this.#late.delete(visitor)
      run()
    })
    this.#late.set(visitor, timer)
  }
}

/** The stages of all backends. A fault that stays in the table goes on with its numbers. */
export class FaultSet {
  readonly #context: EdgeContext
  #armed = new Map<string, ArmedFault>()
  readonly #stages = new Map<BackendId, FaultStage>()

  constructor(context: EdgeContext) {
    this.#context = context
  }

  apply(table: EdgeTable, backends: ReadonlyMap<BackendId, Backend>): void {
    const faults = table.faults ?? []
    const armed = new Map(faults.map((fault) => [JSON.stringify(fault), this.#armed.get(JSON.stringify(fault)) ?? arm(fault)]))
    this.#armed = armed
    const callers = faults.some(({ from }) => from !== undefined) ? callersOf(table) : new Map<string, ComponentKey>()
    for (const [id, backend] of backends) {
      const own = [...armed.values()].filter(({ fault }) => fault.backend === id)
      const stage = this.#stages.get(id) ?? new FaultStage(this.#context)
      stage.faults = own
      stage.callers = callers
      backend.faults = stage.idle ? undefined : stage
      if (stage.idle) this.#stages.delete(id)
      else this.#stages.set(id, stage)
    }
    for (const id of this.#stages.keys()) if (!backends.has(id)) this.#stages.delete(id)
  }
}

function arm(fault: EdgeFault): ArmedFault {
  return { fault, numbers: new SeededNumbers(fault.seed) }
}

function answerOf(fault: EdgeFault, status: number, reason: string): Answer {
  return { status, reason: `${reason} (fault ${fault.id})`, fault: fault.id }
}

function callersOf(table: EdgeTable): Callers {
  const callers = new Map<string, ComponentKey>()
  const shared = new Set<string>()
  for (const { component, replicas, starting, draining } of table.backends) {
    for (const { host } of [...replicas, ...starting, ...draining]) {
      if ((callers.get(host) ?? component) !== component) shared.add(host)
      callers.set(host, component)
    }
  }
  for (const host of shared) callers.delete(host)
  return callers
}

function plain(address: string | undefined): string {
  return address?.startsWith('::ffff:') === true ? address.slice(7) : (address ?? '')
}
