import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Report } from '../../src/simulate/report/report-types.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { LOAD, SHOP, simulateShop } from '../kit/simulated-shop.ts'

async function report(args: readonly string[]): Promise<Report> {
  using home = scratchDirectory()
  const { code, stdout, stderr } = await simulateShop(home.path, [...args, '--format', 'json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Report
}

const changes = (shown: Report, run: number, component: number): readonly string[] =>
  (shown.runs[run]?.components[component]?.changes ?? [])
    .filter(({ from, to }) => from !== to)
    .map(({ atMs, by, from, to }) => `${atMs / 1000}s ${by} ${from} → ${to}`)

describe('minipaas simulate', () => {
  test('prints plots and figures', async () => {
    using home = scratchDirectory()
    const { code, stdout, stderr } = await simulateShop(home.path, ['--for', '30m'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatchSnapshot()
  })

  test('prints a table of the timelines', async () => {
    using home = scratchDirectory()
    const { code, stdout } = await simulateShop(home.path, ['--for', '2m', '--format', 'csv'])
    expect(code).toBe(0)
    expect(stdout).toMatchSnapshot()
  })

  test('prints decisions with their trails', async () => {
    const shown = await report(['--for', '30m'])
    expect(shown).toMatchObject({
      schemaVersion: 1,
      application: 'shop',
      seed: 7,
      start: '2026-01-05T08:00:00.000Z',
      seconds: 1800,
      mode: 'events',
    })
    expect(shown.runs).toHaveLength(1)
    // One replica before anybody looks, which sleeps at the second poll; the first request (½ of 1/120 s after a minute) wakes it. 120 a second that take
    // 0.25 s are 30 in flight: 3 replicas at target 10. The last wish for 3 is that of 660 s, and counts until 960 s; so does the last active poll.
    expect(changes(shown, 0, 0)).toEqual([
      '30s poll 1 → 0',
      '60.004167s poll 0 → 1',
      '75s sync 1 → 3',
      '975s sync 3 → 1',
      '990s poll 1 → 0',
    ])
    expect(shown.runs[0]?.components[0]?.changes.find(({ to }) => to === 3)).toMatchSnapshot()
  })

  test('the same seed gives the same bytes, another one others', async () => {
    using home = scratchDirectory()
    const args = ['--for', '20m', '--format', 'json']
    const first = await simulateShop(home.path, args)
    expect((await simulateShop(home.path, args)).stdout).toBe(first.stdout)
    expect((await simulateShop(home.path, [...args, '--seed', '8'])).stdout).not.toBe(first.stdout)
  })

  test('a stream decides the same', async () => {
    const [events, flow] = [await report(['--for', '30m']), await report(['--for', '30m', '--flow'])]
    expect(changes(flow, 0, 0)).toEqual(changes(events, 0, 0))
  })

  test('a what-if is a second run', async () => {
    const shown = await report(['--for', '30m', '--what-if', 'cooldownPeriod=60', '--what-if', 'web:triggers.0.metadata.target=30'])
    expect(shown.runs.map(({ whatIf }) => whatIf)).toEqual([undefined, 'cooldownPeriod=60, web:triggers.0.metadata.target=30'])
    expect(changes(shown, 1, 0)).toEqual(['30s poll 1 → 0', '60.004167s poll 0 → 1', '750s poll 1 → 0'])
    const [asIs, otherwise] = shown.runs.map(({ components }) => components[0]?.replicaSeconds ?? 0)
    expect(otherwise).toBeLessThan(asIs ?? 0)
  })

  test('writes a page that loads nothing', async () => {
    using home = scratchDirectory()
    const { code, stdout, stderr } = await simulateShop(home.path, ['--for', '30m', '--out', 'report.html'])
    expect([code, stdout, stderr]).toEqual([0, '', `written to ${join(home.path, 'report.html')}\n`])
    const page = readFileSync(join(home.path, 'report.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/(?:src|href)\s*=|@import|url\(|https?:\/\/(?!www\.w3\.org\/2000\/svg)/)
  })

  test.each([
    [['--what-if', 'coldownPeriod=60'], 2, /the scaling has no field "coldownPeriod"[\s\S]*did you mean "cooldownPeriod"\?/],
    [['--what-if', 'web:triggers.0.metadata.targt=60'], 2, /a trigger of type http has no "targt"[\s\S]*did you mean "target"\?/],
    [['--what-if', 'wep:cooldownPeriod=60'], 2, /there is no component "wep"[\s\S]*did you mean "web"\?/],
    [['--what-if', 'cooldownPeriod=soon'], 2, /cooldownPeriod: "soon" is no number of seconds/],
    [['--what-if', 'cooldownPeriod'], 2, /is not of the form field=value/],
    [['--for', 'long'], 2, /--for: "long" is not a duration/],
    [['--for', '0s'], 2, /--for/],
    [['--seed', 'x'], 2, /--seed: "x" is not a whole number/],
    [['--out', 'no/such/place.html'], 1, /cannot write .*place\.html/],
  ])('refuses %j', async (args, exit, message) => {
    using home = scratchDirectory()
    const { code, stdout, stderr } = await simulateShop(home.path, args)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
    expect(code).toBe(exit)
  })

  test('without a load it says which option is missing', async () => {
    using home = scratchDirectory()
    const { callCli } = await import('../kit/cli-run.ts')
    const { code, stderr } = await callCli(['simulate'], { home: home.path })
    expect(code).toBe(2)
    expect(stderr).toContain('--load is missing')
  })

  test.each([
    ['rate: 120/s', 'rate: fast', /"rate" must be a rate\n {2}load\.yaml:5:32[\s\S]*write 20\/s/],
    ['serviceTime', 'servicTime', /unknown field "servicTime"[\s\S]*load\.yaml:6:5[\s\S]*did you mean "serviceTime"\?/],
    ['  web:', '  wep:', /there is no component "wep"[\s\S]*load\.yaml:4:3[\s\S]*did you mean "web"\?/],
    ['start: 2026', 'start: at 2026', /"start" must be a date/],
    ['constant:', 'constnt:', /unknown field "constnt"[\s\S]*did you mean "constant"\?/],
    ['{ constant: { rate: 120/s, at: 1m, for: 10m } }', '{ trace: { file: gone.csv } }', /there is no file gone\.csv/],
    ['{ constant: { rate: 120/s, at: 1m, for: 10m } }', '{ trace: { file: bad.csv } }', /bad\.csv:3:4: "x" is no number of events/],
    [
      '{ constant: { rate: 120/s, at: 1m, for: 10m } }',
      "{ cron: { schedule: '0 99 * * *', rate: 1/s, for: 1m } }",
      /"0 99 \* \* \*" in UTC is no schedule/,
    ],
    ['components:', 'components: [', /MP1001/],
  ])('a load with %j as %j is refused with its place', async (written, wrong, message) => {
    using home = scratchDirectory()
    writeFileSync(join(home.path, 'bad.csv'), 'time,count\n0,1\n60,x\n')
    const { code, stdout, stderr } = await simulateShop(home.path, [], { load: LOAD.replace(written, wrong) })
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([3, ''])
  })

  test('a model that is wrong is refused', async () => {
    using home = scratchDirectory()
    const { code, stderr } = await simulateShop(home.path, [], { app: SHOP.replace('type: webservice', 'type: webservce') })
    expect(code).toBe(3)
    expect(stderr).toContain('webservce')
  })

  test('a trigger that nothing feeds is said', async () => {
    const load = `components: { web: { load: { constant: 1/s } } }`
    using home = scratchDirectory()
    const { stdout } = await simulateShop(home.path, ['--for', '5m'], { load })
    expect(stdout).toMatch(/note: worker: nothing in the load file feeds the trigger .*rabbitmq/)
  })
})
