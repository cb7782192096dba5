import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { LoadReport } from '../../src/wire/load.ts'
import { isTraceHeader, type TraceLine } from '../../src/wire/trace.ts'
import { type CallSettings, cliProgram, daemonLog, expectNothingLeft, minipaas, sampleDirectory, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'

/** A recording that goes on until it is interrupted, as by Ctrl+C. */
function startRecording(file: string, { cwd, env }: CallSettings): { end(): Promise<number>; begun(): Promise<unknown> } {
  const child = spawn(process.execPath, [cliProgram, 'record', 'hello', '--out', file], {
    ...{ cwd, stdio: ['ignore', 'ignore', 'pipe'] },
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  })
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8')
  })
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return {
    begun: () => eventually(() => (stderr.includes('Ctrl+C ends it') ? true : undefined), 20_000),
    end: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

test('a component answers 200 requests a second, and the recording of it has them all', async () => {
  await using home = withHome()
  const settings = { cwd: sampleDirectory('samples/oam/greeting'), env: home.env }
  const up = await minipaas(['up', '-d', '--wait', '--wait-timeout', '45'], settings)
  if (up.code !== 0) throw new Error(`${up.stdout}${up.stderr}${daemonLog(home.path)}`)
  const file = join(home.path, 'live.ndjson')
  const recording = startRecording(file, settings)
  await recording.begun()

  const called = await minipaas(['load', 'hello', '--rps', '200', '--for', '3s', '--format', 'json'], settings)
  expect(called).toMatchObject({ code: 0, stderr: '' })
  const reports = called.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LoadReport)
  expect(reports.at(-1)).toMatchObject({
    ...{ type: 'summary', due: 600, sent: 600, answered: 600, inFlight: 0, failed: 0, statuses: { '2xx': 600 }, errors: {} },
    ...{ component: { key: 'hello', wanted: 1, ready: 1, held: 0 }, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) },
  })
  expect(reports.slice(0, -1).every(({ type }) => type === 'progress')).toBe(true)

  expect(await recording.end()).toBe(0)
  const [header, ...lines] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  if (!isTraceHeader(header)) throw new Error(`no header: ${JSON.stringify(header)}`)
  expect(header).toMatchObject({ speed: 1, everyMs: 1000, components: [{ name: 'hello', replicas: 1 }] })
  const loads = (lines as readonly TraceLine[]).filter((line) => line.kind === 'load')
  expect(loads.reduce((sum, { arrivals }) => sum + arrivals, 0)).toBe(600)
  // Service times are a sample: an edge that is busy leaves out requests that it would have told of.
  const ended = loads.reduce((sum, line) => sum + line.ended, 0)
  expect(ended).toBeGreaterThan(300)
  expect(ended).toBeLessThanOrEqual(600)

  const refused = await minipaas(['load', 'http://example.com/', '--rps', '1'], settings)
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('MP8031') })
  const failed = await minipaas(['load', 'http://127.0.0.1:1/', '--rps', '10', '--for', '500ms'], settings)
  expect(failed).toMatchObject({ code: 18, stdout: expect.stringContaining('5 (ECONNREFUSED 5)') })
  await minipaas(['down', '-v'], settings)
  await expectNothingLeft(home.path)
}, 120_000)
