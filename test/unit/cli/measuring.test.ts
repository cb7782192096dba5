import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { RefusalError } from '../../../src/control/ports.ts'
import type { TraceItem } from '../../../src/wire/record.ts'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, loadReport, replicaView } from '../../kit/views.ts'

const shop = applicationView([componentView('web', { replicas: [replicaView('web')] })])
const summary = loadReport({
  type: 'summary',
  elapsedMs: 30_000,
  due: 1500,
  sent: 1500,
  answered: 1500,
  inFlight: 0,
  statuses: { '2xx': 1500 },
})

async function openShop(): Promise<ScriptedDaemon> {
  const daemon = await ScriptedDaemon.open([shop])
  daemon.loadReports = [loadReport(), summary]
  return daemon
}

const stopped = ({ stop }: { readonly stop: AbortSignal }): Promise<void> =>
  new Promise((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve())
  })

describe('load', () => {
  test('asks for what was said, shows a line a second and the summary', async () => {
    await using daemon = await openShop()
    const { code, stdout, stderr } = await callCli(['load', 'web', '--rps', '50'], { home: daemon.home })
    expect(daemon.callsOf('load')).toEqual([
      {
        ...{ target: { component: 'web' }, method: 'GET', headers: [], seed: 1, concurrency: 1000, timeoutMs: 30_000 },
        streams: [{ arrivals: 'constant', pieces: [{ startSeconds: 0, endSeconds: 30, from: 50, to: 50 }] }],
      },
    ])
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stderr:
        '1.0s:  50 sent, 48 answered, 2 in flight, 0 failed  web: 3 wanted, 2 ready, 4 held  p50 1.3ms, p90 9.5ms, p99 40ms, max 1.3s\n',
      stdout: [
        'http://127.0.0.1:4000/: 1500 of 1500 requests answered in 30.0s (50.0 a second)',
        '  statuses:     2xx 1500',
        '  latency:      p50 1.3ms, p90 9.5ms, p99 40ms, max 1.3s',
        '  first answer: after 12ms',
        '  sent late by: p50 0.4ms, p90 0.9ms, p99 1.1ms, max 3.0ms',
        '',
      ].join('\n'),
    })
  })

  test('says what failed, what was limited, and that it fell behind; the exit code is 18', async () => {
    await using daemon = await openShop()
    const errors = { timeout: 2, ECONNREFUSED: 1 }
    const lateness = { p50: 1, p90: 30, p99: 120, p999: 300, max: 400 }
    const figures = { ...summary, failed: 13, errors, statuses: { '2xx': 1487, '5xx': 10 }, limited: 70, unsent: 1, repeated: 4, lateness }
    daemon.loadReports = [figures]
    const { code, stdout } = await callCli(['load', 'web', '--rps', '50'], { home: daemon.home })
    expect(code).toBe(18)
    expect(stdout).toContain('  failed:       13 (answers of 500 or above 10, ECONNREFUSED 1, timeout 2)\n')
    expect(stdout).toContain('  limited:      70 requests waited')
    expect(stdout).toContain('  not sent:     1\n')
    expect(stdout).toContain('  repeated:     4,')
    expect(stdout).toContain('the generator fell behind: one request in a hundred was sent more than 120ms late')
  })

  test('all options, with a URL', async () => {
    await using daemon = await openShop()
    const args = ['--steps', '10/s for 30s, 10/s to 100/s for 1m, 60/m for 1h', '--arrivals', 'poisson', '--seed', '7', '--timeout', '2s']
    const more = ['--concurrency-limit', '20', '--method', 'post', '--path', '/a?b', '--header', 'x-a: b', '--header', 'c:d']
    const { code, stderr } = await callCli(['load', 'http://localhost:8080/', ...args, ...more], { home: daemon.home })
    expect(stderr).toContain('--steps: a load lasts at most 1h')
    expect(code).toBe(2)
    args[1] = '10/s for 30s, 10/s to 100/s for 1m, 60/m for 10m'
    await callCli(['load', 'http://localhost:8080/', ...args, ...more], { home: daemon.home })
    expect(daemon.callsOf('load')).toEqual([
      {
        ...{ target: { url: 'http://localhost:8080/' }, method: 'POST', path: '/a?b', seed: 7, concurrency: 20, timeoutMs: 2000 },
        headers: [
          ['x-a', 'b'],
          ['c', 'd'],
        ],
        streams: [
          {
            arrivals: 'poisson',
            pieces: [
              { startSeconds: 0, endSeconds: 30, from: 10, to: 10 },
              { startSeconds: 30, endSeconds: 90, from: 10, to: 100 },
              { startSeconds: 90, endSeconds: 690, from: 1, to: 1 },
            ],
          },
        ],
      },
    ])
  })

  test('a load file of simulate, cut where it ends; a component that it does not name has what it says of all others', async () => {
    await using daemon = await openShop()
    const text = 'components:\n  "*": { load: [{ ramp: { from: 0/s, to: 100/s, for: 100s } }, { poisson: { rate: 5/s } }] }\n'
    writeFileSync(join(daemon.home, 'load.yaml'), text)
    const { stderr, code } = await callCli(['load', 'web', '--profile', 'load.yaml', '--for', '10s'], { home: daemon.home })
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error') })
    expect(daemon.callsOf('load')).toMatchObject([
      {
        streams: [
          { arrivals: 'constant', pieces: [{ startSeconds: 0, endSeconds: 10, from: 0, to: 10 }] },
          { arrivals: 'poisson', pieces: [{ startSeconds: 0, endSeconds: 10, from: 5, to: 5 }] },
        ],
      },
    ])
  })

  test('a recording is played as fast as it was on this machine', async () => {
    await using daemon = await openShop()
    const first = {
      minipaasTrace: 1,
      environment: 'shop',
      startedAt: 5,
      speed: 20,
      everyMs: 1000,
      components: [{ name: 'web', policyHash: 'a', replicas: 0 }],
    }
    const rows = [first, { ...lines[0] }, { ...last, t: 40_000 }].map((item) => JSON.stringify(item))
    writeFileSync(join(daemon.home, 'live.ndjson'), `${rows.join('\n')}\n`)
    await callCli(['load', 'web', '--profile', 'live.ndjson'], { home: daemon.home })
    // 7 requests in a second of a clock that ran 20 times as fast.
    expect(daemon.callsOf('load')).toMatchObject([
      { streams: [{ arrivals: 'constant', pieces: [{ startSeconds: 0, endSeconds: 0.05, from: 140, to: 140 }] }] },
    ])
  })

  test.each([
    [['--profile', 'none.yaml'], 3, 'there is no file'],
    [['--profile', 'api.yaml'], 2, 'has no requests for web'],
    [['--profile', 'api.yaml', '--rps', '1'], 2, 'it goes with none of --rps'],
  ])('%j is refused', async (args, exit, message) => {
    await using daemon = await ScriptedDaemon.open([applicationView([componentView('web'), componentView('api')])])
    writeFileSync(join(daemon.home, 'api.yaml'), 'components: { api: { load: { constant: 5/s } } }\n')
    const { code, stderr } = await callCli(['load', 'web', ...args], { home: daemon.home })
    expect(stderr).toContain(message)
    expect(code).toBe(exit)
  })

  test.each([
    [['load', 'web'], 'how much is missing'],
    [['load', 'wob', '--rps', '1'], 'no component "wob"'],
    [['load', 'localhost:8080', '--rps', '1'], 'neither a component nor a URL'],
    [['load', 'web', '--rps', 'many'], '--rps: "many" is not a number'],
    [['load', 'web', '--rps', '20000'], 'at most 10000 requests a second'],
    [['load', 'web', '--rps', '1', '--for', '0s'], '--for: "0s" is no duration above 0'],
    [['load', 'web', '--rps', '1', '--for', '2h'], '--for: a load lasts at most 1h'],
    [['load', 'web', '--steps', '10 for 3s'], '"10 for 3s" is no step of a load'],
    [['load', 'web', '--steps', '10/s for 3s', '--rps', '1'], 'goes with neither --rps nor --for'],
    [['load', 'web', '--rps', '1', '--path', 'a'], 'does not begin with "/"'],
    [['load', 'web', '--rps', '1', '--header', 'nothing'], 'is not of the form name: value'],
    [['load', 'web', '--rps', '1', '--concurrency-limit', '0'], 'must be from 1 to 10000'],
    [['load', 'http://localhost/', '--rps', '1', '--port', '80'], 'a URL has its own'],
  ])('%j is refused', async (args, message) => {
    await using daemon = await openShop()
    const { code, stderr } = await callCli(args, { home: daemon.home })
    expect(stderr).toContain(message)
    expect(code).toBe(2)
    expect(daemon.callsOf('load')).toEqual([])
  })

  test("what the daemon refuses is the caller's mistake", async () => {
    await using daemon = await openShop()
    daemon.onMeasure = () => Promise.reject(new RefusalError(400, { code: 'MP8031', message: 'a load goes to this machine only' }))
    const { code, stderr } = await callCli(['load', 'http://example.com/', '--rps', '1'], { home: daemon.home })
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('MP8031') })
  })

  test('one interrupt ends the sending and still shows the summary', async () => {
    await using daemon = await openShop()
    daemon.onMeasure = stopped
    const run = startCli(['load', 'web', '--rps', '50'], { home: daemon.home })
    await eventually(() => (run.stderr().includes('48 answered') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(130)
    expect(run.stdout()).toContain('1500 of 1500 requests answered')
  })

  test('a second one leaves', async () => {
    await using daemon = await openShop()
    daemon.onMeasure = ({ gone }) => stopped({ stop: gone })
    const run = startCli(['load', 'web', '--rps', '50'], { home: daemon.home })
    await eventually(() => (run.stderr().includes('48 answered') ? true : undefined))
    run.interrupt()
    run.interrupt()
    expect(await run.exit).toBe(130)
    expect(run.stdout()).toBe('')
  })

  test('as JSON is one report a line', async () => {
    await using daemon = await openShop()
    const { stdout, stderr } = await callCli(['load', 'web', '--rps', '50', '--format', 'json'], { home: daemon.home })
    expect(stderr).toBe('')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([loadReport(), summary])
  })

  test('on a terminal is drawn again in place', async () => {
    await using daemon = await openShop()
    daemon.loadReports = [loadReport(), loadReport({ elapsedMs: 2000 }), summary]
    const { stderr } = await callCli(['load', 'web', '--rps', '50', '--ansi', 'always'], { home: daemon.home, terminal: 'yes' })
    const esc = String.fromCharCode(27)
    expect(stderr.split(`${esc}[3A${esc}[0J`)).toHaveLength(3)
    expect(stderr).toContain('  web: 3 wanted, 2 ready, 4 held\n')
  })
})

const header: TraceItem = {
  ...{ minipaasTrace: 1, environment: 'shop', startedAt: 5, speed: 1, everyMs: 1000 },
  components: [{ name: 'web', policyHash: 'abc', replicas: 0 }],
}
const lines: readonly TraceItem[] = [
  { kind: 'load', t: 1000, component: 'web', arrivals: 7, inFlightMax: 2, serviceMs: 70, ended: 7 },
  { kind: 'replicas', t: 1200, component: 'web', from: 0, to: 1, by: 'poll' },
  { kind: 'start', t: 1900, component: 'web', delayMs: 700 },
]
const last: TraceItem = { kind: 'load', t: 61_000, component: 'web', arrivals: 0, inFlightMax: 0, serviceMs: 0, ended: 0 }

describe('record', () => {
  async function openRecorded(): Promise<ScriptedDaemon> {
    const daemon = await openShop()
    daemon.traceItems = [header, ...lines, last]
    daemon.onMeasure = stopped
    return daemon
  }
  const text = [header, ...lines, last].map((item) => `${JSON.stringify(item)}\n`).join('')

  test('writes a file that is complete after an interrupt', async () => {
    await using daemon = await openRecorded()
    const run = startCli(['record', 'web', '--out', 'live.ndjson'], { home: daemon.home })
    const path = join(daemon.home, 'live.ndjson')
    await eventually(() => (run.stderr().includes('recording; Ctrl+C ends it') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(daemon.callsOf('record')).toEqual([{ components: ['web'] }])
    expect(run.stderr()).toContain('recorded 1m 1s of web: 7 requests, 1 change of size, 1 start -> live.ndjson\n')
  })

  test('prints without a file, and ends after a while', async () => {
    await using daemon = await openRecorded()
    const { code, stdout } = await callCli(['record', '--for', '50ms'], { home: daemon.home })
    expect({ code, stdout }).toEqual({ code: 0, stdout: text })
    expect(daemon.callsOf('record')).toEqual([{ components: [] }])
  })

  test.each([
    [['record', 'wob'], 'no component "wob"'],
    [['record', '--for', 'long'], '--for: "long" is no duration above 0'],
    [['record', '--out', 'nowhere/live.ndjson'], 'nowhere/live.ndjson cannot be written'],
  ])('%j is refused', async (args, message) => {
    await using daemon = await openRecorded()
    const { code, stderr } = await callCli(args, { home: daemon.home })
    expect(stderr).toContain(message)
    expect(code).toBe(2)
    expect(daemon.callsOf('record')).toEqual([])
  })
})
