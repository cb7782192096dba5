import { formatDuration } from '../../kernel/duration.ts'
import type { ComponentResult, LatencySummary, RunResult } from '../run/result-types.ts'
import type { RecordedChange, Report } from './report-types.ts'

const BARS = '▁▂▃▄▅▆▇█'

/** Plots and figures for a terminal of a width; plain text. */
export function reportText(report: Report, width: number): string {
  const mode = report.mode === 'flow' ? 'requests as a stream' : 'each request followed'
  const head = `${report.application}: ${formatDuration(report.seconds * 1000)} from ${report.start}, seed ${report.seed}, ${mode}`
  const runs = report.runs.flatMap((run) => runLines(run, Math.max(20, Math.min(width - 14, 120))))
  const live = Object.entries(report.recorded ?? {}).map(([name, changes]) => compareLive(name, changes, report.runs[0]))
  return [head, ...runs, ...(live.length > 0 ? ['', ...live] : []), ...report.notes.map((note) => `note: ${note}`), ''].join('\n')
}

/** How far the simulation is from the live run that it replays. */
function compareLive(name: string, live: readonly RecordedChange[], run: RunResult | undefined): string {
  const ours = run?.components.find((component) => component.name === name)?.changes.filter(({ from, to }) => from !== to) ?? []
  const same = ours.length === live.length && ours.every(({ from, to }, index) => live[index]?.from === from && live[index]?.to === to)
  if (!same) return `live run of ${name}: ${live.length} changes of size, here ${ours.length}: not the same sequence`
  const apart = ours.reduce((most, { atMs }, index) => Math.max(most, Math.abs(atMs - (live[index]?.atMs ?? 0))), 0)
  return `live run of ${name}: the same ${live.length} changes of size, at most ${formatDuration(apart)} apart`
}

function runLines(run: RunResult, width: number): readonly string[] {
  const title = run.whatIf === undefined ? [] : ['', `what if ${run.whatIf}`]
  return [...title, ...run.components.flatMap((component) => componentLines(component, width))]
}

function componentLines(component: ComponentResult, width: number): readonly string[] {
  const { timeline, requests, latency, firstAnswer } = component
  const queues = Object.entries(component.queues)
  const busy = [...timeline.held].some((held) => held > 0)
  const plots = [
    plot('replicas', timeline.wanted, width),
    plot('demand /s', timeline.demand, width),
    ...(busy ? [plot('held', timeline.held, width)] : []),
    ...(queues.length > 0 ? [plot('queued', timeline.queued, width)] : []),
    ...(latency.count > 0 ? [plot('p95 ms', timeline.p95, width)] : []),
  ]
  const lost = [
    requests.refused > 0 ? `${requests.refused} refused` : '',
    requests.expired > 0 ? `${requests.expired} waited too long` : '',
    requests.cut > 0 ? `${requests.cut} cut off` : '',
    requests.held > 0 ? `${requests.held} still held` : '',
  ].filter((text) => text !== '')
  return [
    '',
    component.name,
    ...plots,
    `  requests  ${requests.arrivals}, ${requests.answered} answered${lost.length > 0 ? `, ${lost.join(', ')}` : ''}`,
    ...queues.map(([name, { arrivals, finished, waiting }]) => `  ${name}  ${arrivals} messages, ${finished} finished, ${waiting} waiting`),
    ...(latency.count > 0 ? [`  latency   ${percentiles(latency)}`] : []),
    `  starts    ${component.starts}, ${component.coldStarts} from zero${firstAnswer.count > 0 ? `; first answer ${percentiles(firstAnswer)}` : ''}`,
    `  use       ${figure(component.replicaSeconds)} replica-seconds, ${figure(component.vcpuSeconds)} vCPU-seconds, ${figure(component.gibSeconds)} GiB-seconds`,
    `  model     ${component.model.join('; ')}`,
  ]
}

function percentiles({ p50 = 0, p95 = 0, p99 = 0, max = 0 }: LatencySummary): string {
  return `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, longest ${ms(max)}`
}

function ms(value: number): string {
  return formatDuration(value)
}

function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(2)))
}

/** The highest value of each stretch as a bar, with the highest of all at the end. */
function plot(name: string, values: readonly (number | null)[], width: number): string {
  const columns = Math.min(width, values.length)
  const highest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
  let bars = ''
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns)
    const until = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns))
    const top = values.slice(from, until).reduce<number>((most, value) => Math.max(most, value ?? 0), 0)
    bars += top === 0 ? ' ' : (BARS[Math.min(BARS.length - 1, Math.ceil((top / highest) * BARS.length) - 1)] ?? ' ')
  }
  return `  ${name.padEnd(9)} ${bars} ${figure(highest)}`
}
