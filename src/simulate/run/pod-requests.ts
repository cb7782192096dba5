import type { Component } from '../../model/component.ts'
import type { ScaledRequests } from '../../scaling/scaler/scaler-types.ts'
import type { ComponentLoad } from '../load/load-types.ts'
import type { PodUsage, Replicas } from './replicas.ts'
import type { RequestTraffic } from './traffic.ts'

const GIB = 2 ** 30

export interface PodRequests {
  /** Cores and GiB of a whole pod. */
  readonly cpu: number
  readonly gib: number
  /** As the scaler takes them. */
  readonly byContainer: Readonly<Record<string, ScaledRequests>>
}

/** What a pod of the component asks for. */
export function requestsOf({ pod }: Component): PodRequests {
  const cpu = pod.containers.reduce((sum, { requests }) => sum + (requests.cpu ?? 0), 0)
  const memory = pod.containers.reduce((sum, { requests }) => sum + (requests.memoryBytes ?? 0), 0)
  const scaled = (cores: number | undefined, bytes: number | undefined): ScaledRequests => ({
    ...(cores === undefined ? {} : { cpuMilli: Math.round(cores * 1000) }),
    ...(bytes === undefined ? {} : { memoryBytes: bytes }),
  })
  // A pod has a request when each of its containers has one.
  const every = (key: 'cpu' | 'memoryBytes'): boolean => pod.containers.every(({ requests }) => requests[key] !== undefined)
  return {
    cpu,
    gib: memory / GIB,
    byContainer: {
      '': scaled(every('cpu') ? cpu : undefined, every('memoryBytes') ? memory : undefined),
      ...Object.fromEntries(pod.containers.map(({ name, requests }) => [name, scaled(requests.cpu, requests.memoryBytes)])),
    },
  }
}

export interface UsageView {
  readonly component: Component
  readonly requests: RequestTraffic
  readonly replicas: () => Replicas
  readonly startMs: number
  readonly meanSeconds: number
}

/** Time between two looks at what pods use. Source: metrics-server, --metric-resolution. */
const WINDOW_MICROS = 15_000_000

/**
 * What one ready replica uses: the requests that it was given in the last 15 s, times the cpu time of each, up to its limit; all replicas alike.
 * Without a figure a request keeps one core busy for as long as it takes.
 */
export function usageOf(load: ComponentLoad, view: UsageView): (time: number) => PodUsage {
  const { cpuSecondsPerRequest = view.meanSeconds, idleCpuMilli = 0, memoryBytesPerRequest = 0 } = load.usage ?? {}
  const asked = requestsOf(view.component)
  const memoryBytes = load.usage?.memoryBytes ?? (asked.gib * GIB) / 2
  const limits = view.component.pod.containers.map(({ limits: { cpu } }) => cpu)
  const limit = limits.every((cpu) => cpu !== undefined) ? limits.reduce((sum, cpu) => sum + cpu, 0) * 1000 : Number.POSITIVE_INFINITY
  let [before, beforeAt, rate, at] = [0, 0, 0, 0]
  return (time) => {
    if (time - beforeAt >= WINDOW_MICROS || (time > at && at === 0)) {
      const { forwarded } = view.requests.counts()
      rate = ((forwarded - before) * 1_000_000) / Math.max(1, time - beforeAt)
      ;[before, beforeAt] = [forwarded, time]
    }
    at = time
    const share = 1 / Math.max(1, view.replicas().ready)
    return {
      cpuMilli: Math.min(limit, Math.round(idleCpuMilli + rate * share * cpuSecondsPerRequest * 1000)),
      memoryBytes: Math.round(memoryBytes + view.requests.inFlight() * share * memoryBytesPerRequest),
      sampledAtMs: view.startMs + beforeAt / 1000,
      windowMs: WINDOW_MICROS / 1000,
    }
  }
}
