import type { Clock } from '../../kernel/clock.ts'
import type { Component } from '../../model/component.ts'
import type { TriggerReading } from '../../model/meter.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { ControlState } from '../state.ts'
import type { EdgeTraffic } from './edge-traffic.ts'
import { readSchedule } from './read-schedule.ts'
import { readWorkload } from './read-workload.ts'

/** Asks systems outside of the control core. */
export interface MeterReader {
  /** One reading for each trigger; one that cannot be had says why. */
  read(component: Component, triggers: readonly ScaleTrigger[], signal: AbortSignal): Promise<readonly TriggerReading[]>
}

export interface GatherPorts {
  readonly clock: Clock
  readonly traffic: EdgeTraffic
  readonly state: () => ControlState
  readonly meters: MeterReader | undefined
}

/** What every trigger of a component says now. What is set by hand comes before what would be measured. */
export async function gather(component: Component, ports: GatherPorts, signal: AbortSignal): Promise<readonly TriggerReading[]> {
  const { triggers } = component.scale
  const near = triggers.map((trigger) => readNear(trigger, component, ports))
  const far = triggers.filter(({ from }, index) => from.by === 'meter' && near[index] === undefined)
  const asked = far.length === 0 ? [] : await askMeters(component, far, ports, signal)
  return triggers.flatMap(({ name }, index) => near[index] ?? asked.find((reading) => reading.trigger === name) ?? [])
}

/** What can be said at once, without asking anybody. */
export function gatherNear(component: Component, ports: Omit<GatherPorts, 'meters'>): readonly TriggerReading[] {
  return component.scale.triggers.flatMap((trigger) => readNear(trigger, component, ports) ?? [])
}

/** Without asking anybody; undefined where a meter must be asked, or where an HPA looks at the pods itself. */
function readNear(trigger: ScaleTrigger, component: Component, ports: Omit<GatherPorts, 'meters'>): TriggerReading | undefined {
  const { name, from } = trigger
  const now = ports.clock.now()
  const state = ports.state()
  const set = state.manual.metrics.get(`${component.key}/${name}`)
  if (set !== undefined) return { trigger: name, value: set }
  switch (from.by) {
    case 'edge':
      return readEdge(trigger, from, component, ports)
    case 'clock':
      return readSchedule(trigger, now)
    case 'environment':
      return readWorkload(trigger, component, state)
    case 'hand':
      return { trigger: name, error: `no value was set; "minipaas metric set ${component.name} ${name} <value>" sets it` }
    default:
      return undefined
  }
}

function readEdge(
  { name, activation }: ScaleTrigger,
  from: Extract<ScaleTrigger['from'], { by: 'edge' }>,
  { key }: Component,
  { traffic, clock }: Pick<GatherPorts, 'traffic' | 'clock'>,
): TriggerReading {
  const seenActiveAtMs = traffic.lastActive(key, from, activation)
  return { trigger: name, value: traffic.read(key, from, clock.now()), ...(seenActiveAtMs === undefined ? {} : { seenActiveAtMs }) }
}

function askMeters(
  component: Component,
  triggers: readonly ScaleTrigger[],
  { meters }: GatherPorts,
  signal: AbortSignal,
): Promise<readonly TriggerReading[]> | readonly TriggerReading[] {
  if (meters !== undefined) return meters.read(component, triggers, signal)
  return triggers.map(({ name }) => ({
    trigger: name,
    error: `this engine runs no trigger readers; "minipaas metric set ${component.name} ${name} <value>" sets its value`,
  }))
}
