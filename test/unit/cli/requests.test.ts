import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../src/kernel/instant.ts'
import type { RequestRecord } from '../../../src/model/edge.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, replicaView, requestRecord, VIEW_TIME } from '../../kit/views.ts'

const shop = applicationView([
  componentView('web', { replicas: [replicaView('web'), replicaView('web', { ordinal: 12 })] }),
  componentView('api', { replicas: [replicaView('api')] }),
])
const { app: _app, component: _component, port: _port, replica: _replica, ...unrouted } = requestRecord('web', 3)
const { method: _method, host: _host, path: _path, status: _status, traceId: _trace, ...joined } = requestRecord('api', 4)
const ended: readonly RequestRecord[] = [
  requestRecord('web', 1),
  requestRecord('web', 2, {
    at: instant(VIEW_TIME + 1500),
    method: 'POST',
    path: '/orders',
    status: 502,
    replica: 'web--1.12' as ReplicaId,
    waitedMs: 820,
    tookMs: 1234,
    bytesIn: 7,
    reason: 'web: the response body is malformed: "x\u009b"',
  }),
  { ...unrouted, host: 'nobody.localhost', path: '/\u009b31m"x"', status: 404, tookMs: 0, reason: 'no route for host nobody.localhost' },
  { ...joined, protocol: 'tcp', tookMs: 61_000, bytesOut: 99 },
]

async function openShop(): Promise<ScriptedDaemon> {
  const daemon = await ScriptedDaemon.open([shop])
  daemon.end(...ended)
  return daemon
}

describe('requests', () => {
  test('are a table of the last 20', async () => {
    await using daemon = await openShop()
    const { code, stdout, stderr } = await callCli(['requests'], { home: daemon.home })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      [
        'TIME           METHOD  HOST                PATH               STATUS  WAIT   TOOK   REPLICA  TRACE                             REASON',
        '10:00:00.000Z  GET     web.shop.localhost  /                  200     -      12ms   web-0    4bf92f3577b34da6a3ce929d0e0e4736',
        '10:00:01.500Z  POST    web.shop.localhost  /orders            502     820ms  1.2s   web-12   4bf92f3577b34da6a3ce929d0e0e4736  web: the response body is malformed: "x?"',
        '10:00:00.000Z  GET     nobody.localhost    /%C2%9B31m%22x%22  404     -      0ms    -        4bf92f3577b34da6a3ce929d0e0e4736  no route for host nobody.localhost',
        '10:00:00.000Z  tcp     -                   -                  -       -      1m 1s  api-0    -',
        '',
      ].join('\n'),
    )
    expect(daemon.callsOf('requests')).toEqual([{ components: [], follow: false, failed: false, tail: 20 }])
  })

  test('of a component, as asked for', async () => {
    await using daemon = await openShop()
    await callCli(['requests', 'web', '-n', '3', '--failed', '--since', '10m'], { home: daemon.home })
    expect(daemon.callsOf('requests')).toEqual([{ components: ['web'], follow: false, failed: true, tail: 3, since: VIEW_TIME - 600_000 }])
  })

  test.each([
    [['requests', 'wob'], 'no component "wob"'],
    [['requests', '-n', 'all'], 'is not a whole number'],
    [['requests', '--since', 'noon'], 'is neither a time nor a duration'],
    [['logs', '--access', '--container', 'web'], '--container does not go with --access'],
  ])('%j is refused', async (args, message) => {
    await using daemon = await openShop()
    const { code, stderr } = await callCli(args, { home: daemon.home })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test('follow line by line; what happens to the stream goes to standard error', async () => {
    await using daemon = await openShop()
    const run = startCli(['requests', '-f'], { home: daemon.home })
    await eventually(() => (run.stdout().includes('api-0') ? true : undefined))
    daemon.end({ note: 'missed', at: VIEW_TIME, count: 7 }, { note: 'edge-away', at: VIEW_TIME }, { note: 'edge-restarted', at: VIEW_TIME })
    daemon.end(requestRecord('web', 1, { id: 'other.1', path: '/again' }))
    await eventually(() => (run.stdout().includes('/again') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
    expect(run.stderr()).toBe(
      [
        '(7 more, too many to be told)',
        '(the edge is away; requests go on when it is back)',
        '(the edge was started again; what it saw before that is no longer known)',
        '',
      ].join('\n'),
    )
    const lines = run.stdout().split('\n')
    expect(lines[0]).toMatch(/^TIME +METHOD +HOST +PATH +STATUS +WAIT +TOOK +REPLICA +TRACE +REASON$/)
    expect(lines).toHaveLength(7)
  })

  test('go on where they were behind another daemon', async () => {
    await using daemon = await openShop()
    const run = startCli(['requests', '-f', '-n', '5', '--format', 'json'], { home: daemon.home })
    await eventually(() => (run.stdout().includes('run.4') ? true : undefined))
    await daemon.replace('1.2.4')
    await eventually(() => daemon.callsOf('requests')[1])
    daemon.end(requestRecord('web', 5))
    await eventually(() => (run.stdout().includes('run.5') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
    const items = run
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly id?: string; readonly note?: string })
    expect(items.map(({ id, note }) => id ?? note)).toEqual(['run.1', 'run.2', 'run.3', 'run.4', 'daemon-away', 'daemon-back', 'run.5'])
    expect(daemon.callsOf('requests')).toEqual([
      { components: [], follow: true, failed: false, tail: 5 },
      { components: [], follow: true, failed: false, after: 'run.4' },
    ])
  })

  test('as JSON are one object a line, as the edge told them', async () => {
    await using daemon = await openShop()
    const { stdout } = await callCli(['requests', '--format', 'json'], { home: daemon.home })
    expect(stdout).toBe(ended.map((record) => `${JSON.stringify(record)}\n`).join(''))
  })

  test('that failed are red', async () => {
    await using daemon = await openShop()
    const { stdout } = await callCli(['requests', '--ansi', 'always'], { home: daemon.home })
    const esc = String.fromCharCode(27)
    expect(stdout.match(new RegExp(`${esc}\\[31m\\d+`, 'g'))).toEqual([`${esc}[31m502`])
  })
})

describe('the access log', () => {
  const trace = 'trace=4bf92f3577b34da6a3ce929d0e0e4736'
  const lines = [
    `127.0.0.1 - - [25/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 host=web.shop.localhost replica=web-0 wait=0ms took=12ms ${trace}`,
    `127.0.0.1 - - [25/Nov/2026:10:00:01 +0000] "POST /orders HTTP/1.1" 502 5 host=web.shop.localhost replica=web-12 wait=820ms took=1234ms ${trace} reason="web: the response body is malformed: 'x?'"`,
    `127.0.0.1 - - [25/Nov/2026:10:00:00 +0000] "GET /%C2%9B31m%22x%22 HTTP/1.1" 404 5 host=nobody.localhost replica=- wait=0ms took=0ms ${trace} reason="no route for host nobody.localhost"`,
    '127.0.0.1 - - [25/Nov/2026:10:00:00 +0000] "-" - 99 host=- replica=api-0 wait=0ms took=61000ms trace=-',
  ]

  test('has a line for each request, under the name of its replica', async () => {
    await using daemon = await openShop()
    const { code, stdout } = await callCli(['logs', '--access'], { home: daemon.home })
    expect(code).toBe(0)
    expect(stdout).toBe(['web-0  | ', 'web-12 | ', 'edge   | ', 'api-0  | '].map((prefix, index) => `${prefix}${lines[index]}\n`).join(''))
    expect(daemon.callsOf('logs')).toEqual([])
  })

  test('bare, with times, of one component', async () => {
    await using daemon = await openShop()
    const args = ['logs', '--access', 'web', '-t', '--no-log-prefix', '-n', '9', '--since', '10m']
    const { stdout } = await callCli(args, { home: daemon.home })
    expect(stdout.split('\n')[1]).toBe(`2026-11-25T10:00:01.500Z ${lines[1]}`)
    expect(daemon.callsOf('requests')).toEqual([{ components: ['web'], follow: false, failed: false, tail: 9, since: VIEW_TIME - 600_000 }])
  })

  test('follows until it is interrupted', async () => {
    await using daemon = await openShop()
    const run = startCli(['logs', '--access', '-f', '--no-log-prefix'], { home: daemon.home })
    await eventually(() => (run.stdout().includes('api-0') ? true : undefined))
    daemon.end(requestRecord('web', 5, { protocol: 'h2', path: '/late' }))
    await eventually(() => (run.stdout().includes('"GET /late HTTP/2.0"') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
  })
})
