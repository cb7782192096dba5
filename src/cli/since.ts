import { parseGoDuration } from '../kernel/duration.ts'
import { refuseUsage } from './refusal-error.ts'

/** A point in time, or a duration before now, in milliseconds since the epoch. */
export function parseSince(text: string, now: number): number {
  const duration = parseGoDuration(text)
  if (duration !== undefined) return Math.max(0, Math.floor(now - duration))
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw refuseUsage(`--since: "${text}" is neither a time nor a duration`, 'Write 2026-11-25T10:00:00Z, or 90s, 10m, 2h.')
}
