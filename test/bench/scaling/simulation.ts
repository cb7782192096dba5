import type { ScalePolicy } from '../../../src/model/scale-policy.ts'
import type { ComponentLoad, LoadShape } from '../../../src/simulate/load/load-types.ts'
import { diurnalShape } from '../../../src/simulate/load/shapes.ts'
import type { RunResult } from '../../../src/simulate/run/result-types.ts'
import { liveScaler } from '../../../src/simulate/run/scaler-port.ts'
import { simulate } from '../../../src/simulate/run/simulate.ts'
import { aComponent } from '../../kit/builders.ts'
import { aPolicy, httpTrigger } from '../../kit/scale-policies.ts'
import { type Goal, median } from '../harness.ts'

const COMPONENTS = 50
const DAY_SECONDS = 86_400
const SYNC_MS = 15_000

/** A wave of 20 to 380 a minute: on average 200 for each component, 10,000 for all. */
const wave = diurnalShape({ low: 20 / 60, high: 380 / 60, peak: 14 * 3600, period: DAY_SECONDS })

/** Three ways to scale by requests: by their rate, by how many are in flight on average, and by how many are in flight now. */
const policies: readonly ScalePolicy[] = [
  aPolicy([httpTrigger({ metric: 'requestRate', target: 1 })]),
  aPolicy([httpTrigger({ metric: 'concurrency', average: true, windowMs: 60_000, target: 0.2 })]),
  aPolicy([httpTrigger({ metric: 'concurrency', target: 10 })]),
]

interface Run {
  readonly mode: 'events' | 'flow'
  readonly arrivals: LoadShape['arrivals']
  readonly days: number
}

function run({ mode, arrivals, days }: Run): RunResult {
  const shape: LoadShape = { kind: 'diurnal', arrivals, pieces: wave }
  const load: ComponentLoad = { load: [shape], queues: [], readings: new Map() }
  return simulate({
    components: Array.from({ length: COMPONENTS }, (_, index) => aComponent(`web-${index}`).build()),
    plan: { components: new Map([['*', load]]) },
    policyOf: ({ name }) => policies[Number(name.slice(4)) % policies.length] as ScalePolicy,
    scaler: liveScaler,
    seed: 1,
    startMs: 0,
    endMicros: days * DAY_SECONDS * 1_000_000,
    mode,
    readClock: () => ({ value: 0, active: false }),
  })
}

/** Simulations of a day and of a week: speed, agreement of both ways, memory. */
export async function measureSimulation(): Promise<readonly Goal[]> {
  const flow = timed({ mode: 'flow', arrivals: 'even', days: 1 }, 5)
  const events = timed({ mode: 'events', arrivals: 'even', days: 1 }, 3)
  const week = timed({ mode: 'flow', arrivals: 'even', days: 7 }, 3)
  const random = [run({ mode: 'flow', arrivals: 'poisson', days: 1 }), run({ mode: 'events', arrivals: 'poisson', days: 1 })] as const
  const requests = events.result.components.reduce((sum, { requests: { arrivals } }) => sum + arrivals, 0)
  const asked = flow.result.components.reduce((sum, component) => sum + component.asked, 0)
  const ticks = flow.result.components.reduce((sum, component) => sum + component.ticks, 0)
  const detail = `24 h, ${COMPONENTS} components, ${requests} requests`
  return [
    {
      name: 'simulate --flow, times real time',
      value: DAY_SECONDS / flow.seconds,
      atLeast: 100_000,
      detail: `${detail}; ${asked} of ${ticks} ticks asked`,
    },
    { name: 'simulate event by event, times real time', value: DAY_SECONDS / events.seconds, atLeast: 5000, detail },
    { name: 'replica changes that differ, even arrivals', value: differing(flow.result, events.result, 0), unit: 'changes', atMost: 0 },
    { name: 'the same by more than a sync, random arrivals', value: differing(random[0], random[1], SYNC_MS), unit: 'changes', atMost: 0 },
    { name: 'a week to seven times a day (--flow)', value: week.seconds / (7 * flow.seconds), atMost: 1.15 },
    memoryGoal(),
  ]
}

function timed(of: Run, rounds: number): { readonly seconds: number; readonly result: RunResult } {
  let result = run(of)
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    result = run(of)
    return (performance.now() - began) / 1000
  })
  return { seconds: median(times), result }
}

/** Requests are seven times as many, and nothing is kept of them; decisions are kept, as long as a report shows them. */
function memoryGoal(): Goal {
  const [day, week] = [heapAfter(1), heapAfter(7)]
  const text = `${(day.bytes / 2 ** 20).toFixed(1)} MB with ${day.decisions} decisions, ${(week.bytes / 2 ** 20).toFixed(1)} MB with ${week.decisions}`
  return { name: 'heap after a week to after a day', value: week.bytes / day.bytes, atMost: 1.1, detail: text }
}

/** Bytes of the heap while the result of a run by events is held. */
function heapAfter(days: number): { readonly bytes: number; readonly decisions: number } {
  const result = run({ mode: 'events', arrivals: 'even', days })
  if (globalThis.gc === undefined) throw new Error('run this with --expose-gc')
  globalThis.gc()
  const bytes = process.memoryUsage().heapUsed
  return { bytes, decisions: result.components.reduce((sum, { changes }) => sum + changes.length, 0) }
}

/** Changes of the number of replicas that the other run does not have within a time. */
function differing(left: RunResult, right: RunResult, withinMs: number): number {
  const changesOf = (result: RunResult, index: number) => (result.components[index]?.changes ?? []).filter(({ from, to }) => from !== to)
  return left.components.reduce((sum, _component, index) => {
    const [ours, theirs] = [changesOf(left, index), changesOf(right, index)]
    const missing = ours.filter(
      ({ atMs, from, to }, at) =>
        !theirs
          .slice(Math.max(0, at - 3), at + 4)
          .some((other) => other.from === from && other.to === to && Math.abs(other.atMs - atMs) <= withinMs),
    )
    return sum + missing.length + Math.abs(ours.length - theirs.length)
  }, 0)
}
