import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readRecording } from '../../../../src/simulate/load/recorded-load.ts'
import type { Report } from '../../../../src/simulate/report/report-types.ts'
import type { TraceHeader, TraceLine } from '../../../../src/wire/trace.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'
import { simulateShop } from '../../../kit/simulated-shop.ts'

const header: TraceHeader = {
  minipaasTrace: 1,
  environment: 'shop',
  startedAt: 1_767_600_000_000,
  speed: 20,
  everyMs: 15_000,
  components: [
    { name: 'web', policyHash: 'abc', replicas: 0 },
    { name: 'worker', policyHash: 'def', replicas: 0 },
  ],
}

/** A minute at 100 requests a second of 0.2 s each, as somebody else recorded it. */
const lines: readonly TraceLine[] = [
  ...[75_000, 90_000, 105_000, 120_000].map((t): TraceLine => {
    return { kind: 'load', t, component: 'web', arrivals: 1500, inFlightMax: 25, serviceMs: 300_000, ended: 1500, readings: {} }
  }),
  { kind: 'load', t: 120_000, component: 'worker', arrivals: 0, inFlightMax: 0, serviceMs: 0, ended: 0, readings: { rabbitmq: 0 } },
  { kind: 'load', t: 900_000, component: 'web', arrivals: 0, inFlightMax: 0, serviceMs: 0, ended: 0 },
]

const others: readonly TraceLine[] = [
  { kind: 'replicas', t: 60_010, component: 'web', from: 0, to: 1, by: 'poll' },
  { kind: 'start', t: 62_010, component: 'web', delayMs: 2000 },
  { kind: 'replicas', t: 75_100, component: 'web', from: 1, to: 2, by: 'sync' },
  { kind: 'replicas', t: 430_000, component: 'web', from: 2, to: 1, by: 'sync' },
  { kind: 'replicas', t: 450_050, component: 'web', from: 1, to: 0, by: 'poll' },
]

const text = (of: readonly TraceLine[]): string =>
  [header, ...[...of].sort((left, right) => left.t - right.t)].map((line) => JSON.stringify(line)).join('\n')

test('a recording is a load with the means that were measured', () => {
  const read = readRecording(text([...lines, ...others]))
  if ('fault' in read) throw new Error(read.fault.message)
  const web = read.plan.components.get('web')
  expect(web).toMatchObject({ serviceTime: { kind: 'constant', seconds: 0.2 }, startDelay: { kind: 'constant', seconds: 2 } })
  expect(web?.load[0]?.pieces({ startMs: 0, seconds: 900 })).toContainEqual({ startSeconds: 60, endSeconds: 75, from: 100, to: 100 })
  expect(read.changes.get('web')?.map(({ to }) => to)).toEqual([1, 2, 1, 0])
  expect(read.endMs).toBe(900_000)
})

test.each([
  [1, '{"kind":"load"}'],
  [2, `${JSON.stringify(header)}\nnothing`],
  [3, `${text(others.slice(0, 1))}\n{"kind":"start","t":5,"component":"web","delayMs":1}`],
])('what is wrong in line %i is said', (line, broken) => {
  expect(readRecording(broken)).toMatchObject({ fault: { line } })
})

test('simulate replays it, beside the live run, and re-decides it', async () => {
  using home = scratchDirectory()
  writeFileSync(join(home.path, 'live.ndjson'), text([...lines, ...others]))
  const args = ['--load', 'live.ndjson', '--what-if', 'web:cooldownPeriod=60']
  const { stdout, code } = await simulateShop(home.path, [...args, '--format', 'json'])
  expect(code).toBe(0)
  const report = JSON.parse(stdout) as Report
  expect([report.seconds, report.start]).toEqual([900, '2026-01-05T08:00:00.000Z'])
  const sizes = report.runs.map(({ components }) => components[0]?.changes.filter(({ from, to }) => from !== to).map(({ to }) => to))
  expect(sizes).toEqual([
    [1, 2, 1, 0],
    [1, 2, 0],
  ])
  expect(report.recorded?.web).toContainEqual({ atMs: 75_100, from: 1, to: 2, by: 'sync' })
  const shown = await simulateShop(home.path, args)
  expect(shown.stdout).toMatch(/live run of web: the same 4 changes of size, at most \d+\.\ds apart/)
})
