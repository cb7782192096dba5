import type { Millis } from './instant.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A Go duration (`1h30m`, `1.5s`, `250ms`) in milliseconds; undefined when the text is none. Source: Go, time.ParseDuration. */
export function parseGoDuration(text: string): Millis | undefined {
  if (text === '0') return 0
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text)
  if (match === null) return undefined
  let total = 0
  for (const part of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? Number.NaN)
  return match[1] === '-' ? -total : total
}

/** A duration for people: `350ms`, `4.2s`, `2m 5s`, `1h 3m`. */
export function formatDuration(duration: Millis): string {
  if (duration < 1000) return `${Math.round(duration)}ms`
  if (duration < 60_000) return `${(duration / 1000).toFixed(1)}s`
  const seconds = Math.round(duration / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`
}
