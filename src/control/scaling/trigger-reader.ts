import type { Clock } from '../../kernel/clock.ts'
import type { Logger } from '../../kernel/logger.ts'
import type { SecretValues } from '../../model/app-model.ts'
import type { Engine, Owner } from '../../model/engine.ts'
import type { ComponentKey } from '../../model/names.ts'
import { MeterLink } from '../meter-link.ts'
import type { ControlState } from '../state.ts'
import { EdgeTraffic } from './edge-traffic.ts'
import { gather, gatherNear } from './gather.ts'
import { componentOfMeter, Meters } from './meters.ts'
import type { UnitPorts } from './scaled-unit.ts'
import { ReplicaUsage } from './usage.ts'

export interface TriggerReaderPorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly logger: Logger
  /** Of the machine: programs live in it. */
  readonly beneath: Clock
  /** Of decisions: what is counted is counted in it. */
  readonly clock: Clock
  readonly state: () => ControlState
  /** Values of secrets of all applications. */
  readonly secrets: () => SecretValues
  /** Hides them in texts. */
  readonly shade: (text: string) => string
  /** A push scaler says that a trigger of the component became active. */
  readonly pushed: (key: ComponentKey) => void
}

/** Everything that triggers are read from: what the edge counted, what replicas use, and systems that are asked from inside the environment. */
export class TriggerReader {
  readonly traffic = new EdgeTraffic()
  readonly gather: UnitPorts['gather']
  readonly near: UnitPorts['near']
  readonly usage: UnitPorts['usage']
  readonly #link: MeterLink
  readonly #meters: Meters

  constructor(ports: TriggerReaderPorts) {
    const { engine, owner, logger, beneath, clock, state, secrets, shade, pushed } = ports
    this.#link = new MeterLink({
      host: engine.meters,
      owner,
      clock: beneath,
      logger,
      shade,
      active: (trigger) => pushed(componentOfMeter(trigger)),
    })
    this.#meters = new Meters({ link: this.#link, state, secrets })
    const sources = { clock, traffic: this.traffic, state, meters: engine.meters === undefined ? undefined : this.#meters }
    this.gather = (component, signal) => gather(component, sources, signal)
    this.near = (component) => gatherNear(component, sources)
    const used = new ReplicaUsage(engine, owner, clock)
    this.usage = (component, replicas, signal) => used.read(component.key, replicas, signal)
  }

  follow(state: ControlState): void {
    this.#meters.follow(state)
  }

  /** Resolves when the program that reads triggers is gone. */
  close(): Promise<void> {
    return this.#link.close()
  }
}
