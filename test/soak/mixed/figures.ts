import { readdirSync, readFileSync } from 'node:fs'

const MINUTE = 60_000

/** Open descriptors of a process. */
export function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** Resident memory of a process in MiB. */
export function residentOf(pid: number): number {
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

/** By least squares, in MiB a minute. */
export function slopePerMinute(samples: readonly { readonly at: number; readonly mib: number }[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(samples.map(({ at }) => at)), mean(samples.map(({ mib }) => mib))]
  const above = samples.reduce((sum, { at, mib }) => sum + (at - x) * (mib - y), 0)
  const below = samples.reduce((sum, { at }) => sum + (at - x) ** 2, 0)
  return (above / below) * MINUTE
}
