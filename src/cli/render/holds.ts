import { formatDuration } from '../../kernel/duration.ts'
import { unreachable } from '../../kernel/fault.ts'
import type { Instant } from '../../kernel/instant.ts'
import type { Hold } from '../../model/step.ts'
import { firstLine } from './first-line.ts'

/** Why something is not happening, as the end of a sentence about its subject. */
export function describeHold(hold: Hold, now: Instant): string {
  if (hold.until === undefined) return reasonOf(hold)
  const left = formatDuration(Math.max(0, hold.until - now))
  return hold.reason === 'failed' ? `${reasonOf(hold)}; again in ${left}` : `${reasonOf(hold)}, ${left} left`
}

/** What a hold says beyond its first line: the output that it quotes, and what can be done. */
export function holdDetails(hold: Hold): readonly string[] {
  const output = hold.on.flatMap((text) => text.trimEnd().split('\n').slice(1))
  return [...output.map((line) => `| ${line}`), ...(hold.next === undefined ? [] : [`next: ${hold.next}`])]
}

function reasonOf(hold: Hold): string {
  const on = hold.on.map(firstLine).join(', ')
  const detail = on === '' ? '' : `: ${on}`
  switch (hold.reason) {
    case 'needs':
      return `waits for ${on || 'others'}`
    case 'crash-backoff':
      return `crashed, waits before the next start${detail}`
    case 'engine-down':
      return `the engine is away${detail}`
    case 'capacity':
      return `no capacity${detail}`
    case 'paused':
      return `paused${detail}`
    case 'stopped':
      return `stopped${detail}`
    case 'suspended':
      return `the workflow is suspended${detail}`
    case 'secret':
      return `values of secrets are missing${detail}`
    case 'image':
      return `waits for its image${detail}`
    case 'renewal':
      return `its image is made anew${detail}`
    case 'not-renewed':
      return `runs the image that is here${detail}`
    case 'draining':
      return `finishes requests${detail}`
    case 'cooldown':
      return `cools down${detail}`
    case 'not-ready':
      return `not ready${detail}`
    case 'failed':
      return `failed${detail}`
    case 'unsupported':
      return `not supported here${detail}`
    default:
      return unreachable(hold.reason)
  }
}
