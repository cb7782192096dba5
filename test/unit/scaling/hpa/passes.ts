import { type HpaMetric, type HpaState, type HpaSyncInput, type HpaSyncResult, syncHpa } from '../../../../src/scaling/index.ts'

/** An external metric that wants one replica for each 10. */
export function queue(value: number | { readonly error: string }): HpaMetric {
  return { type: 'External', name: 'queue', target: { averageValue: 10 }, reading: typeof value === 'number' ? { value } : value }
}

export interface Passes extends Pick<HpaSyncInput, 'spec' | 'controller'> {
  readonly start: number
  readonly passes: number
  /** The queue's length at each pass, or its metrics. */
  readonly load: (pass: number, replicas: number) => number | readonly HpaMetric[]
  readonly everySeconds?: number
}

/** Passes at 0 s, 15 s, 30 s, …, each of which sets what it decides and sees that many pods at the next. */
export function runPasses(run: Passes): readonly HpaSyncResult[] {
  const results: HpaSyncResult[] = []
  let replicas = run.start
  let state: HpaState | undefined
  for (let pass = 0; pass < run.passes; pass++) {
    const load = run.load(pass, replicas)
    const result = syncHpa({
      spec: run.spec,
      controller: run.controller,
      specReplicas: replicas,
      metrics: typeof load === 'number' ? [queue(load)] : load,
      state,
      nowMs: pass * (run.everySeconds ?? 15) * 1000,
    })
    results.push(result)
    replicas = result.replicas
    state = result.state
  }
  return results
}

/** The sizes of a run, those that repeat as `size×times`. */
export function sizes(run: Passes): string {
  const runs: { readonly size: number; times: number }[] = []
  for (const { replicas } of runPasses(run)) {
    const last = runs.at(-1)
    if (last?.size === replicas) last.times++
    else runs.push({ size: replicas, times: 1 })
  }
  return runs.map(({ size, times }) => (times === 1 ? String(size) : `${size}×${times}`)).join(' ')
}

/** A decision as people read it: its trail, then its conditions. */
export function story({ trail, conditions }: HpaSyncResult): string {
  const steps = trail.map(({ stage, from, to, because }) => `${stage} ${from} -> ${to}: ${because}`)
  return [...steps, ...conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)].join('\n')
}
