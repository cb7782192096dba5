import type { SecretValues } from '../../model/app-model.ts'
import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ComponentKey } from '../../model/names.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import { appliedComponents } from '../find-component.ts'
import type { MeterLink } from '../meter-link.ts'
import type { ControlState } from '../state.ts'
import { isScaled } from './scaled.ts'
import { type MeteredTrigger, meteredTrigger, meterId } from './trigger-settings.ts'

export interface MetersPorts {
  readonly link: Pick<MeterLink, 'setTriggers' | 'read'>
  readonly state: () => ControlState
  readonly secrets: () => SecretValues
}

/** What the values of triggers depend on; while it stays the same, so do they. */
type Inputs = readonly [ControlState['apps'], ControlState['desired'], ControlState['edge']['bound'], SecretValues]

/** Triggers that are read from inside the environment: keeps the program that reads them told of what they are, and asks it. */
export class Meters {
  readonly #ports: MetersPorts
  #inputs: Inputs | undefined
  #known: ReadonlyMap<string, MeteredTrigger> = new Map()

  constructor(ports: MetersPorts) {
    this.#ports = ports
  }

  /** After each pass. Nothing is read while an environment is being taken down: the program would keep its network alive. */
  follow(state: ControlState): void {
    const inputs: Inputs = [state.apps, state.desired, state.edge.bound, this.#ports.secrets()]
    if (this.#inputs?.every((input, index) => input === inputs[index]) === true) return
    this.#inputs = inputs
    const known = new Map<string, MeteredTrigger>()
    for (const component of scaledComponents(state)) {
      for (const trigger of component.scale.triggers) {
        if (trigger.from.by === 'meter')
          known.set(meterId(component.key, trigger), meteredTrigger(component, trigger, { state, secrets: inputs[3] }))
      }
    }
    this.#known = known
    this.#ports.link.setTriggers([...known.values()].flatMap((item) => (item.ok ? [item.trigger] : [])))
  }

  /** One reading for each trigger; one that cannot be had says why. */
  async read(component: Component, triggers: readonly ScaleTrigger[], signal: AbortSignal): Promise<readonly TriggerReading[]> {
    const asked = triggers.filter((trigger) => this.#known.get(meterId(component.key, trigger))?.ok === true)
    const ids = asked.map((trigger) => meterId(component.key, trigger))
    const readings = ids.length === 0 ? [] : await this.#ports.link.read(ids, signal)
    return triggers.map((trigger) => {
      const known = this.#known.get(meterId(component.key, trigger))
      if (known?.ok === false) return { trigger: trigger.name, error: known.error }
      const reading = readings[ids.indexOf(meterId(component.key, trigger))]
      return reading === undefined
        ? { trigger: trigger.name, error: 'it is not known to the program that reads triggers yet' }
        : { ...reading, trigger: trigger.name }
    })
  }
}

/** The component of a trigger's id. */
export function componentOfMeter(id: string): ComponentKey {
  return id.slice(0, id.lastIndexOf('/')) as ComponentKey
}

function scaledComponents(state: ControlState): readonly Component[] {
  const ending = new Set([...state.apps.values()].filter((app) => app.ending !== undefined).flatMap((app) => [...app.applied.keys()]))
  return [...appliedComponents(state)].flatMap(([key, { component }]) => (isScaled(component) && !ending.has(key) ? [component] : []))
}
