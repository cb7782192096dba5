import type { TrailEntry } from '../trail.ts'
import type { CombineProposalsResult } from './combine-proposals.ts'
import { explainLimit } from './explain-limit.ts'
import { explainProposal } from './explain-proposal.ts'
import type { Normalised } from './normalise.ts'
import type { HpaProposal, HpaSyncInput } from './sync-record.ts'
import { seconds } from './wording.ts'

export function explainDisabled(): readonly TrailEntry[] {
  return [{ stage: 'activation', from: 0, to: 0, because: 'at 0 replicas the autoscaler does nothing; something else has to set 1' }]
}

export function explainCorrection(current: number, maxReplicas: number, replicas: number): readonly TrailEntry[] {
  const side = current > maxReplicas ? 'above maxReplicas' : 'below minReplicas'
  const because = `${current} is ${side} ${replicas}, which is put right at once, before any metric is read`
  return [{ stage: 'bounds', from: current, to: replicas, because }]
}

/** What each metric asks for, and which of them wins. */
export function explainMetrics(pass: {
  readonly sync: HpaSyncInput
  readonly proposals: readonly HpaProposal[]
  readonly combined: CombineProposalsResult
}): readonly TrailEntry[] {
  const { sync, proposals, combined } = pass
  const from = sync.specReplicas
  const trail: TrailEntry[] = proposals.map((proposal, index) => ({
    stage: 'metric',
    from,
    to: proposal.replicas ?? from,
    because: explainProposal({ sync, proposal, metric: sync.metrics[index] }),
  }))
  if (proposals.length !== 1 || combined.replicas === undefined) {
    trail.push({ stage: 'maximum', from, to: combined.replicas ?? from, because: explainMaximum(proposals, combined) })
  }
  return trail
}

function explainMaximum(proposals: readonly HpaProposal[], combined: CombineProposalsResult): string {
  const { failed, replicas, metric } = combined
  const all = proposals.length
  if (all === 0) return 'there is no metric, so nothing changes'
  if (failed === all) return `${all === 1 ? 'the only metric' : `all ${all} metrics`} failed, so nothing changes`
  if (replicas === undefined) {
    const largest = proposals.reduce((most, proposal) => Math.max(most, proposal.replicas ?? 0), 0)
    return `${failed} of ${all} metrics failed and the largest of the others is ${largest}: with an error nothing shrinks`
  }
  const others = failed === 0 ? '' : `; ${failed} failed, which does not keep it from growing`
  return `the largest of ${all} metrics is ${metric ?? 'none'} with ${replicas}${others}`
}

/** How the winning wish became the size: only steps that changed a number. */
export function explainNormalised(pass: {
  readonly sync: HpaSyncInput
  readonly normalised: Normalised
  readonly replicas: number
}): readonly TrailEntry[] {
  const { sync, normalised, replicas } = pass
  const { desiredReplicas, stabilised, limit } = normalised
  const trail: TrailEntry[] = []
  if (stabilised.replicas !== desiredReplicas) {
    trail.push({ stage: 'stabilisation', from: desiredReplicas, to: stabilised.replicas, because: explainStabilised(sync, normalised) })
  }
  if (limit.limited) trail.push(explainLimit({ sync, from: stabilised.replicas, limit }))
  if (replicas !== limit.replicas) {
    trail.push({ stage: 'bounds', from: limit.replicas, to: replicas, because: `minReplicas is ${replicas}, also when waking from 0` })
  }
  return trail
}

function explainStabilised(sync: HpaSyncInput, { stabilised, desiredReplicas }: Normalised): string {
  if (!('lowest' in stabilised)) {
    const { heldBy } = stabilised
    const age = seconds(sync.nowMs - (heldBy?.atMs ?? sync.nowMs))
    const window = seconds(sync.controller?.downscaleStabilizationMs ?? 300_000)
    return `${heldBy?.replicas} was wished for ${age} ago, and the largest wish of the last ${window} applies`
  }
  const { lowest, highest } = stabilised
  const up = desiredReplicas >= sync.specReplicas
  const window = up ? (sync.spec.behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000 : downWindowMs(sync)
  const bound = up
    ? `the smallest wish of the last ${seconds(window)} is ${lowest}`
    : `the largest wish of the last ${seconds(window)} is ${highest}`
  return stabilised.replicas === sync.specReplicas ? `${bound}, so the size stays` : `${bound}, and that applies`
}

function downWindowMs({ spec, controller }: HpaSyncInput): number {
  const given = spec.behavior?.scaleDown?.stabilizationWindowSeconds
  return given === undefined ? (controller?.downscaleStabilizationMs ?? 300_000) : given * 1000
}
