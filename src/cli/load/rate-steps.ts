import { parseGoDuration } from '../../kernel/duration.ts'
import type { LoadPiece } from '../../wire/load.ts'
import { refuseUsage } from '../refusal-error.ts'

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }
const EXAMPLE = 'Write for example "10/s for 30s, 10/s to 100/s for 1m, 100/s for 30s".'

/** Steps such as `10/s for 30s, 10/s to 100/s for 1m`, one after the other. */
export function parseRateSteps(text: string): readonly LoadPiece[] {
  let startSeconds = 0
  return text.split(',').map((step) => {
    const match = /^\s*(\S+)(?:\s+to\s+(\S+))?\s+for\s+(\S+)\s*$/.exec(step)
    const from = rateOf(match?.[1])
    const to = match?.[2] === undefined ? from : rateOf(match[2])
    const ms = parseGoDuration(match?.[3] ?? '')
    if (from === undefined || to === undefined || ms === undefined || ms <= 0)
      throw refuseUsage(`--steps: "${step.trim()}" is no step of a load`, EXAMPLE)
    const piece = { startSeconds, endSeconds: startSeconds + ms / 1000, from, to }
    startSeconds = piece.endSeconds
    return piece
  })
}

/** Requests a second of `20/s`, `300/m` or `5/h`. */
function rateOf(text: string | undefined): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/([smh])$/.exec(text ?? '')
  return match === null ? undefined : Number(match[1]) / (UNIT_SECONDS[match[2] ?? ''] ?? 1)
}
