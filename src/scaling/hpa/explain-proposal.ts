import type { HpaMetric } from './metric.ts'
import { MAX_REPLICAS } from './numbers.ts'
import type { PodsProposal } from './proposal.ts'
import type { AverageValueProposal } from './propose-by-average-value.ts'
import type { ValueProposal } from './propose-by-value.ts'
import type { HpaProposal, HpaSyncInput } from './sync-record.ts'
import { hpaTolerance } from './tolerance.ts'
import { count, figure } from './wording.ts'

/** Why one metric asks for its size, with its figures. */
export function explainProposal(pass: {
  readonly sync: HpaSyncInput
  readonly proposal: HpaProposal
  readonly metric: HpaMetric | undefined
}): string {
  const { sync, proposal, metric } = pass
  if (proposal.error !== undefined) return `${proposal.metric} gives no size: ${proposal.error}`
  const target = metric === undefined ? '' : targetWords(metric)
  const { figures } = proposal
  if ('value' in figures) return `${proposal.metric} is ${figure(figures.value)}, ${target}: ${totalWords(sync, figures, metric)}`
  const used =
    'utilization' in figures
      ? `${proposal.metric} utilisation is ${figures.utilization} % of the requests`
      : `${proposal.metric} is ${meanWords(figures, metric)} on average`
  return `${used}, ${target}: ${podsWords(sync, figures)}`
}

function targetWords({ target }: HpaMetric): string {
  if ('averageUtilization' in target) return `target ${target.averageUtilization} %`
  if ('averageValueMilli' in target) return `target ${figure(target.averageValueMilli)} thousandths`
  if ('averageValue' in target) return `target ${figure(target.averageValue)} per replica`
  return `target ${figure(target.value)}`
}

function meanWords({ averageMilli }: PodsProposal, metric: HpaMetric | undefined): string {
  return metric?.type === 'Pods' ? figure(averageMilli / 1000) : `${averageMilli} thousandths`
}

function totalWords(sync: HpaSyncInput, proposal: AverageValueProposal | ValueProposal, metric: HpaMetric | undefined): string {
  const { replicas, ratio, rule } = proposal
  const averaged = metric !== undefined && 'averageValue' in metric.target
  if (rule === 'within-tolerance') {
    const over = averaged ? `over ${count(sync.statusReplicas ?? sync.specReplicas, 'replica')} ` : ''
    return `${over}the ratio ${figure(ratio)} is ${toleranceWords(sync)}, so ${replicas} stay`
  }
  const least = replicas === MAX_REPLICAS ? 'makes more than any size' : `makes ${replicas}`
  if (averaged) return `total over target, rounded up, ${least}`
  if ('readyPods' in proposal)
    return `the ratio ${figure(ratio)} times ${count(proposal.readyPods ?? 0, 'ready pod')}, rounded up, ${least}`
  return `the ratio, rounded up, ${least}`
}

function podsWords(sync: HpaSyncInput, proposal: PodsProposal): string {
  const { replicas, ratio, rule, countedPods, filledIn } = proposal
  const first = `the ratio ${figure(ratio)}`
  const times = `times ${count(countedPods, 'pod')}, rounded up, makes ${replicas}`
  if (filledIn === undefined)
    return rule === 'within-tolerance' ? `${first} is ${toleranceWords(sync)}, so ${replicas} stay` : `${first} ${times}`
  const filled = `${first} becomes ${figure(filledIn.ratio)} with ${fillWords(ratio, filledIn)}`
  if (rule === 'filled') return `${filled}; ${times}`
  const why = rule === 'filled-within-tolerance' ? `is ${toleranceWords(sync)}` : 'would turn the direction round'
  return `${filled}, which ${why}, so ${replicas} stay`
}

function fillWords(ratio: number, { missing, unready }: { readonly missing: number; readonly unready: number }): string {
  const parts: string[] = []
  if (missing > 0) parts.push(`${count(missing, 'pod')} without a sample counted as ${ratio < 1 ? 'fully used' : 'idle'}`)
  if (unready > 0) parts.push(`${count(unready, 'unready pod')} counted as idle`)
  return parts.join(' and ')
}

function toleranceWords({ spec, controller }: HpaSyncInput): string {
  const { scaleUp, scaleDown } = hpaTolerance({ behavior: spec.behavior, tolerance: controller?.tolerance })
  return `within the tolerance of ${figure(1 - scaleDown)} to ${figure(1 + scaleUp)}`
}
