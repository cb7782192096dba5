import type { ScalePolicy } from '../../src/model/scale-policy.ts'
import type { ComponentLoad, LoadShape } from '../../src/simulate/load/load-types.ts'
import { constantShape } from '../../src/simulate/load/shapes.ts'
import type { ComponentResult } from '../../src/simulate/run/result-types.ts'
import { liveScaler } from '../../src/simulate/run/scaler-port.ts'
import { simulate } from '../../src/simulate/run/simulate.ts'
import { aComponent } from './builders.ts'
import { aPolicy, httpTrigger } from './scale-policies.ts'

export interface SimulatedWorld {
  readonly load: Partial<ComponentLoad>
  readonly policy?: ScalePolicy
  readonly seconds: number
  readonly mode?: 'events' | 'flow'
  readonly seed?: number
  readonly always?: boolean
}

/** One component `web` under a load. */
export function simulated(world: SimulatedWorld): ComponentResult {
  const load: ComponentLoad = { load: [], queues: [], readings: new Map(), ...world.load }
  const { components } = simulate({
    components: [aComponent('web').build()],
    plan: { components: new Map([['web', load]]) },
    policyOf: () => world.policy ?? aPolicy([httpTrigger()]),
    scaler: liveScaler,
    seed: world.seed ?? 1,
    startMs: 0,
    endMicros: world.seconds * 1_000_000,
    mode: world.mode ?? 'events',
    readClock: () => ({ value: 0, active: false }),
    always: world.always === true,
  })
  const [only] = components
  if (only === undefined) throw new Error('nothing was simulated')
  return only
}

/** Requests at a rate between two times in seconds. */
export function steady(rate: number, from = 0, until?: number): LoadShape {
  const window = until === undefined ? { from } : { from, until }
  return { kind: 'constant', arrivals: 'even', pieces: constantShape(rate, window) }
}

/** `0s 1 → 3`: when the number of replicas changed, and from what to what. */
export function sizes({ changes }: ComponentResult): readonly string[] {
  return changes.filter(({ from, to }) => from !== to).map(({ atMs, from, to }) => `${atMs / 1000}s ${from} → ${to}`)
}
