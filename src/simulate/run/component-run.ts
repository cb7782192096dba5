import type { Component } from '../../model/component.ts'
import type { ScalePolicy } from '../../model/scale-policy.ts'
import type { ComponentLoad } from '../load/load-types.ts'
import { Decider } from './decider.ts'
import { requestsOf, usageOf } from './pod-requests.ts'
import { Recorder, summarise } from './recorder.ts'
import { Replicas } from './replicas.ts'
import type { ComponentResult } from './result-types.ts'
import { buildParts, type PartOptions } from './run-parts.ts'
import type { Scaler } from './scaler-port.ts'

export interface RunOptions extends PartOptions {
  readonly scaler: Scaler
  /** Length of a step of the timeline. */
  readonly stepMicros: number
  /** Ask the scaler at each tick. */
  readonly always?: boolean
}

/** Runs one component from start to end: nothing but its own load, replicas and scaler has a say. */
export function runComponent(component: Component, policy: ScalePolicy, load: ComponentLoad, options: RunOptions): ComponentResult {
  const { endMicros, stepMicros, startMs } = options
  let replicas: Replicas
  const parts = buildParts(component, policy, load, { ...options, replicas: () => replicas })
  const { requests, queues, readings, times, arrivals } = parts
  const lines = [...queues.values()]
  replicas = new Replicas(times, [requests, ...lines])
  const recorder = new Recorder(stepMicros, Math.ceil(endMicros / stepMicros))
  const asked = requestsOf(component)
  const usage = usageOf(load, { component, requests, replicas: () => replicas, startMs, meanSeconds: parts.service.mean / 1_000_000 })
  const decider = new Decider({
    ...{ name: component.name, policy, scaler: options.scaler, startMs, replicas, readings, usage },
    requests: asked.byContainer,
    ...(load.begins === undefined ? {} : { begins: load.begins }),
    decided: (decision) => recorder.decided(decision),
    always: options.always === true,
  })
  replicas.scaleTo(policy.initial, 0)
  replicas.coldStarts = 0
  let nextLook = Math.min(stepMicros, endMicros)
  for (;;) {
    const limit = Math.min(replicas.nextAt, decider.nextPoll, decider.nextSync, nextLook)
    const reached = requests.runUntil(limit)
    for (const queue of lines) queue.runUntil(reached)
    if (reached < limit) {
      decider.poll(reached)
      continue
    }
    if (replicas.nextAt <= limit) {
      decider.beforeChange()
      replicas.advance(limit)
    }
    if (decider.nextPoll <= limit) decider.poll(limit)
    if (decider.nextSync <= limit) decider.sync(limit)
    if (nextLook > limit) continue
    recorder.look({
      ...{ wanted: replicas.wanted, ready: replicas.ready, inFlight: requests.inFlight(), heldPeak: requests.heldPeak() },
      arrived: arrivals.countUntil(limit) + parts.queueArrivals(limit),
      queued: lines.reduce((sum, queue) => sum + queue.length(), 0),
      latencies: (into) => {
        requests.drainLatencies(into)
        for (const queue of lines) queue.drainLatencies(into)
      },
    })
    if (limit >= endMicros) break
    nextLook = Math.min(endMicros, nextLook + stepMicros)
  }
  const replicaSeconds = replicas.lifetime(endMicros) / 1_000_000
  return {
    name: component.name,
    model: parts.model,
    timeline: recorder.timeline(),
    changes: recorder.changes,
    changesLeftOut: recorder.leftOut,
    requests: requests.counts(),
    queues: Object.fromEntries([...queues].map(([name, queue]) => [name, queue.counts()])),
    latency: summarise(recorder.all),
    firstAnswer: summarise(requests.firstAnswers),
    heldPeak: recorder.heldPeak,
    starts: replicas.starts,
    coldStarts: replicas.coldStarts,
    replicaSeconds,
    vcpuSeconds: replicaSeconds * asked.cpu,
    gibSeconds: replicaSeconds * asked.gib,
    ticks: decider.ticks,
    asked: decider.asked,
  }
}
