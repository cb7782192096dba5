import { formatDuration } from '../../kernel/duration.ts'
import type { LoadPercentiles, LoadReport } from '../../wire/load.ts'
import type { Paint } from './paint.ts'

/** The generator is said to have fallen behind when one request in a hundred was sent later than that. */
const LATE_MS = 50

/** One line of a load that goes on. */
export function renderLoadLine(report: LoadReport): string {
  return `${[`${formatDuration(report.elapsedMs)}:`, countsOf(report), sizeOf(report), latencyOf(report.latency)].filter((part) => part !== '').join('  ')}\n`
}

/** The same as a block of lines that is drawn again. */
export function renderLoadBlock(report: LoadReport, paint: Paint): readonly string[] {
  return [
    `${paint.bold(formatDuration(report.elapsedMs))}  ${countsOf(report)}`,
    ...(report.component === undefined ? [] : [`  ${sizeOf(report)}`]),
    `  ${latencyOf(report.latency) || 'no answer yet'}`,
  ]
}

/** What became of a load. */
export function renderLoadSummary(report: LoadReport, paint: Paint): string {
  const { url, due, answered, elapsedMs, failed, limited, unsent, repeated, firstAnswerMs, lateness } = report
  const perSecond = elapsedMs === 0 ? 0 : (answered * 1000) / elapsedMs
  const head = `${paint.bold(url)}: ${answered} of ${due} requests answered in ${formatDuration(elapsedMs)} (${perSecond.toFixed(1)} a second)`
  const lines: readonly (readonly [string, string])[] = [
    ['statuses', listOf(report.statuses)],
    ['failed', failed === 0 ? '' : `${failed}${withReasons(report)}`],
    ['latency', latencyOf(report.latency)],
    ['first answer', firstAnswerMs === undefined ? '' : `after ${short(firstAnswerMs)}`],
    ['sent late by', latencyOf(lateness)],
    ['limited', limited === 0 ? '' : `${limited} requests waited because as many as allowed were in flight; their latency has that wait`],
    ['not sent', unsent === 0 ? '' : String(unsent)],
    ['repeated', repeated === 0 ? '' : `${repeated}, because a kept connection was closed at that moment`],
  ]
  const shown = lines.filter(([, text]) => text !== '').map(([name, text]) => `  ${`${name}:`.padEnd(13)} ${text}\n`)
  const behind =
    lateness !== undefined && lateness.p99 > LATE_MS
      ? `${paint.yellow('the generator fell behind')}: one request in a hundred was sent more than ${short(lateness.p99)} late; latencies include that\n`
      : ''
  return `${head}\n${shown.join('')}${behind}`
}

function countsOf({ sent, answered, inFlight, waiting, failed }: LoadReport): string {
  const waits = waiting === 0 ? '' : `, ${waiting} waiting`
  return `${sent} sent, ${answered} answered, ${inFlight} in flight${waits}, ${failed} failed`
}

function sizeOf({ component }: LoadReport): string {
  return component === undefined ? '' : `${component.key}: ${component.wanted} wanted, ${component.ready} ready, ${component.held} held`
}

function latencyOf(latency: LoadPercentiles | undefined): string {
  if (latency === undefined) return ''
  const { p50, p90, p99, max } = latency
  return `p50 ${short(p50)}, p90 ${short(p90)}, p99 ${short(p99)}, max ${short(max)}`
}

function withReasons({ errors, statuses }: LoadReport): string {
  const server = statuses['5xx'] ?? 0
  const reasons = listOf({ ...errors, ...(server === 0 ? {} : { 'answers of 500 or above': server }) })
  return reasons === '' ? '' : ` (${reasons})`
}

function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([left], [right]) => left.localeCompare(right, 'en'))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')
}

/** Fractions of a millisecond matter below ten. */
function short(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)}ms` : formatDuration(ms)
}
