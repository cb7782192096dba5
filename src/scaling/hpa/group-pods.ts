/** What an autoscaler looks at of a pod. */
export interface HpaPod {
  readonly name: string
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** Status of the Ready condition; absent means that the pod has no such condition. */
  readonly ready?: boolean | 'Unknown' | undefined
  /** When the Ready condition last changed its status, milliseconds since the epoch. */
  readonly readyTransitionAtMs?: number | undefined
  /** The start time of the pod's status, milliseconds since the epoch. */
  readonly startedAtMs?: number | undefined
  /** Deletion has been asked for; the pod may still run. */
  readonly deleting?: boolean | undefined
}

/** When a sample was taken and over how long. Absent: just now, over no time. */
export interface SampleTimes {
  readonly atMs?: number | undefined
  readonly windowMs?: number | undefined
}

/** Samples by the name of their pod. */
export type PodSamples<S extends SampleTimes = SampleTimes> = Readonly<Record<string, S>>

export interface YoungPodPeriods {
  /** So long after its start the sample of a pod counts only if it is of the time since it became ready. Default 300000. */
  readonly cpuInitializationMs?: number | undefined
  /** A pod that turned unready within this time of its start has never been ready. Default 30000. */
  readonly initialReadinessDelayMs?: number | undefined
}

export interface GroupPodsInput extends YoungPodPeriods {
  readonly pods: readonly HpaPod[]
  readonly samples: PodSamples
  /** Only `cpu` looks at readiness. */
  readonly resource?: string | undefined
  readonly nowMs: number
}

/** Names of pods, in the order given. */
export interface GroupPodsResult {
  readonly ready: readonly string[]
  /** Pending, or too young for its CPU sample to mean anything. */
  readonly unready: readonly string[]
  /** Without a sample. */
  readonly missing: readonly string[]
  /** Being deleted or failed. */
  readonly ignored: readonly string[]
}

const CPU_INITIALIZATION_MS = 300_000
const INITIAL_READINESS_DELAY_MS = 30_000

/**
 * Sorts pods by what their samples are worth. The first rule that fits wins: being deleted or Failed; Pending; no sample;
 * for CPU, not ready as far as the young-pod rules say; ready.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (groupPods)
 */
export function groupPods(input: GroupPodsInput): GroupPodsResult {
  const ready: string[] = []
  const unready: string[] = []
  const missing: string[] = []
  const ignored: string[] = []
  for (const pod of input.pods) {
    if (pod.deleting === true || pod.phase === 'Failed') ignored.push(pod.name)
    else if (pod.phase === 'Pending') unready.push(pod.name)
    else {
      const sample = sampleOf(input.samples, pod.name)
      if (sample === undefined) missing.push(pod.name)
      else if (input.resource === 'cpu' && isTooYoung(pod, sample, input)) unready.push(pod.name)
      else ready.push(pod.name)
    }
  }
  return { ready, unready, missing, ignored }
}

/** The sample of a pod, whatever its name is. */
function sampleOf<S extends SampleTimes>(samples: PodSamples<S>, name: string): S | undefined {
  return Object.hasOwn(samples, name) ? samples[name] : undefined
}

function isTooYoung(pod: HpaPod, sample: SampleTimes, input: GroupPodsInput): boolean {
  if (pod.ready === undefined || pod.startedAtMs === undefined) return true
  const changedAtMs = pod.readyTransitionAtMs ?? Number.NEGATIVE_INFINITY
  if (pod.startedAtMs + (input.cpuInitializationMs ?? CPU_INITIALIZATION_MS) > input.nowMs) {
    // A sample must lie a whole window after the pod turned ready: before that it holds the work of starting.
    return pod.ready === false || (sample.atMs ?? input.nowMs) < changedAtMs + (sample.windowMs ?? 0)
  }
  return pod.ready === false && pod.startedAtMs + (input.initialReadinessDelayMs ?? INITIAL_READINESS_DELAY_MS) > changedAtMs
}

export interface CountReadyPodsInput {
  readonly pods: readonly HpaPod[]
}

export interface CountReadyPodsResult {
  readonly readyPods: number
}

/**
 * Pods that multiply a `Value`: Running and Ready. One that is being deleted and still ready counts.
 *
 * kubernetes: pkg/controller/podautoscaler/replica_calculator.go (getReadyPodsCount)
 */
export function countReadyPods(input: CountReadyPodsInput): CountReadyPodsResult {
  let readyPods = 0
  for (const pod of input.pods) if (pod.phase === 'Running' && pod.ready === true) readyPods++
  return { readyPods }
}
