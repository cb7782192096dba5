import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../src/kernel/instant.ts'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView, logRecord, pendingView, replicaView, VIEW_TIME } from '../../kit/views.ts'

const shop = applicationView(
  [
    componentView('web', {
      endpoints: [
        { ref: 'Service/default/web', url: 'http://web.shop.localhost:8080', inner: false },
        { ref: 'Service/default/web', url: 'http://127.0.0.1:20001', inner: true },
      ],
      traits: [
        { type: 'gateway', healthy: true, simulated: true, message: 'Host: web.shop.localhost' },
        { type: 'hpa', healthy: true, simulated: false },
      ],
      replicas: [replicaView('web'), replicaView('web', { ordinal: 1, phase: 'starting', since: instant(VIEW_TIME - 900) })],
    }),
    componentView('migrate', {
      type: 'task',
      kind: 'Job',
      message: '',
      replicas: [replicaView('migrate', { phase: 'exited', exitCode: 0 })],
    }),
    pendingView('worker', { type: 'worker', holds: [{ subject: 'worker', reason: 'needs', on: ['migrate', 'web'] }] }),
  ],
  {
    policies: [{ name: 'far', type: 'replication', simulated: false }],
    notes: [
      {
        kind: 'approximated',
        subject: 'storage',
        text: 'a volume is a directory',
        origin: { file: '/project/app.yaml', doc: 0, path: [] },
      },
    ],
    workflow: {
      mode: 'StepByStep-DAG',
      status: 'executing',
      generated: false,
      suspended: true,
      terminated: false,
      finished: false,
      steps: [
        {
          name: 'all',
          type: 'step-group',
          phase: 'running',
          applied: [],
          failures: 0,
          steps: [{ name: 'web', type: 'apply-component', phase: 'succeeded', applied: [], failures: 0, steps: [] }],
        },
        {
          name: 'approve',
          type: 'suspend',
          phase: 'suspending',
          reason: 'Suspend',
          message: 'ask Ada',
          applied: [],
          failures: 0,
          steps: [],
        },
      ],
    },
    phase: 'workflowSuspending',
  },
)

describe('ps', () => {
  test('lists replicas that run, and why others do not', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { code, stdout, stderr } = await callCli(['ps'], { home: daemon.home })
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'NAME   APP   TYPE        STATUS    RESTARTS  SINCE  ENDPOINTS',
        'web-0  shop  webservice  ready     0         1m 5s  http://web.shop.localhost:8080',
        'web-1  shop  webservice  starting  0         900ms  http://web.shop.localhost:8080',
        '',
      ].join('\n'),
    )
    expect(stderr).toBe('worker: waits for migrate, web\n')
  })

  test('says why a component is at zero, and status what scales it', async () => {
    const asleep = { replicas: [], message: 'Ready:0/0', desired: 0, ready: 0 }
    const scaling = { min: 0, max: 10, triggers: 2, active: [] }
    const failing = [{ trigger: 's1-redis-jobs', error: 'redis cannot be reached' }]
    await using daemon = await ScriptedDaemon.open([
      applicationView([
        componentView('web', { ...asleep, scaling: { ...scaling, failing } }),
        componentView('worker', { ...asleep, scaling: { ...scaling, triggers: 1, paused: 'at 0' } }),
      ]),
    ])
    const { stderr } = await callCli(['ps'], { home: daemon.home })
    expect(stderr).toBe('web: scaled to zero: none of its 2 triggers is active\nworker: scaled to zero: paused at 0\n')
    const { stdout } = await callCli(['status'], { home: daemon.home })
    expect(stdout).toContain(
      '    Scaling: 0 wanted, 0 ready, between 0 and 10; 2 triggers, no trigger active\n      s1-redis-jobs cannot be read: redis cannot be reached\n',
    )
    expect(stdout).toContain('    Scaling: 0 wanted, 0 ready, between 0 and 10; 1 trigger, paused (at 0)\n')
  })

  test('says so when a component is stopped or not simulated', async () => {
    await using daemon = await ScriptedDaemon.open([
      applicationView([componentView('web', { replicas: [], message: 'Ready:0/0' }), pendingView('chart', { simulated: false })]),
    ])
    const { stderr } = await callCli(['ps'], { home: daemon.home })
    expect(stderr).toBe('web: no replicas (Ready:0/0)\nchart: not simulated\n')
  })

  test.each([
    [['ps', '-q'], 'web-0\nweb-1\n'],
    [['ps', '-q', '-a'], 'web-0\nweb-1\nmigrate-0\n'],
    [['ps', '-q', '-a', 'migrate'], 'migrate-0\n'],
  ])('%j', async (args, expected) => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(args, { home: daemon.home })).toMatchObject({ code: 0, stdout: expected, stderr: '' })
  })

  test('as JSON is an array with one object per replica', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { stdout } = await callCli(['ps', '--format', 'json', '-a', 'migrate'], { home: daemon.home })
    expect(JSON.parse(stdout)).toEqual([
      {
        name: 'migrate-0',
        id: 'migrate--1.0',
        application: 'shop',
        component: 'migrate',
        type: 'task',
        image: 'example/migrate:1',
        revision: 'migrate--1',
        ordinal: 0,
        phase: 'exited',
        since: '2026-11-25T09:58:55.000Z',
        restarts: 0,
        exitCode: 0,
        endpoints: [],
      },
    ])
  })

  test('an unknown component is a usage error with a suggestion', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { code, stderr } = await callCli(['ps', 'wrker'], { home: daemon.home })
    expect(code).toBe(2)
    expect(stderr).toContain('no component "wrker" in the environment "shop"\nnext: did you mean "worker"?')
  })

  test('nothing that runs is an answer', async () => {
    using empty = scratchDirectory()
    expect(await callCli(['ps', '--format', 'json'], { home: empty.path })).toEqual({
      code: 0,
      stdout: '[]\n',
      stderr: 'nothing is running\nStart an application: minipaas up -f app.yaml\n',
    })
  })

  test('names the environments where something runs', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { code, stderr } = await callCli(['ps', '-p', 'elsewhere'], { home: daemon.home })
    expect(code).toBe(0)
    expect(stderr).toBe('nothing is running in the environment "elsewhere"\nSomething runs in "shop": choose with --project-name.\n')
  })
})

describe('ls and status', () => {
  test('ls hangs further components below the first', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { stdout } = await callCli(['ls'], { home: daemon.home })
    expect(stdout).toMatchSnapshot()
  })

  test.each([[[]], [['--endpoint']], [['--pod']]])('status %j', async (options) => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { code, stdout } = await callCli(['status', 'shop', ...options], { home: daemon.home })
    expect(code).toBe(0)
    expect(stdout).toMatchSnapshot()
  })

  test('status as JSON is the view with its schema version', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const { stdout } = await callCli(['status', '--format', 'json'], { home: daemon.home })
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, environment: 'shop', applications: [{ name: 'shop' }] })
  })

  test('status refuses an unknown application, and 7 says that nothing runs', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(['status', 'shep'], { home: daemon.home })).toMatchObject({ code: 2 })
    using empty = scratchDirectory()
    expect(await callCli(['status'], { home: empty.path })).toMatchObject({ code: 7 })
  })
})

describe('logs', () => {
  const lines = [
    logRecord('web', 'one'),
    logRecord('worker', 'two', { ordinal: 12, at: instant(VIEW_TIME + 5) }),
    logRecord('web', 'three', { source: 'init', container: 'migrate' }),
    logRecord('web', 'hidden', { source: 'sidecar', container: 'daprd' }),
  ]

  test('are prefixed with padded names; sidecars are hidden', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.lines.push(...lines)
    const { stdout } = await callCli(['logs'], { home: daemon.home })
    expect(stdout).toBe('web-0     | one\nworker-12 | two\nweb-0/migrate | three\n')
  })

  test('are coloured by component, in the order of the cycle', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.lines.push(...lines)
    const { stdout } = await callCli(['logs', '--ansi', 'always'], { home: daemon.home })
    const esc = String.fromCharCode(27)
    expect(stdout.split('\n')[0]).toBe(`${esc}[36mweb-0     | ${esc}[39mone`)
    expect(stdout.split('\n')[1]).toBe(`${esc}[33mworker-12 | ${esc}[39mtwo`)
    const plain = await callCli(['logs', '--ansi', 'always', '--no-color'], { home: daemon.home })
    expect(plain.stdout).not.toContain(esc)
  })

  test('of one component, bare, with times', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    daemon.lines.push(...lines)
    const { stdout } = await callCli(['logs', 'worker', '--no-log-prefix', '-t', '--since', '10m', '-n', '5', '--container', 'x'], {
      home: daemon.home,
    })
    expect(stdout).toBe('2026-11-25T10:00:00.005Z two\n')
    expect(daemon.callsOf('logs')).toEqual([{ components: ['worker'], follow: false, tail: 5, since: VIEW_TIME - 600_000, container: 'x' }])
  })

  test('follow until interrupted, as lines of JSON', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    const run = startCli(['logs', '-f', '--format', 'json'], { home: daemon.home })
    await eventually(() => daemon.callsOf('logs')[0])
    daemon.print(logRecord('web', 'late'))
    await eventually(() => (run.stdout().includes('late') ? true : undefined))
    run.interrupt()
    expect(await run.exit).toBe(0)
    expect(JSON.parse(run.stdout())).toMatchObject({ component: 'web', text: 'late' })
  })

  test('--since wants a time or a duration', async () => {
    await using daemon = await ScriptedDaemon.open([shop])
    expect(await callCli(['logs', '--since', 'noon'], { home: daemon.home })).toMatchObject({ code: 2 })
  })
})

test('events are printed as they happen', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.emit({ type: 'notice', level: 'info', text: 'before' })
  daemon.emit({
    type: 'name.unknown',
    name: 'bd.default.svc.cluster.local',
    client: 'web',
    diagnostic: { code: 'MP6008', severity: 'warning', message: 'web looks up bd', hint: 'did you mean "db"?' },
  })
  const run = startCli(['events', '--after', '0'], { home: daemon.home })
  await eventually(() => (run.stdout().includes('before') ? true : undefined))
  daemon.emit({ type: 'app.changed', app: 'shop', phase: 'running' })
  await eventually(() => (run.stdout().includes('app=shop') ? true : undefined))
  run.interrupt()
  expect(await run.exit).toBe(0)
  expect(run.stdout().replaceAll(/^\S+ /gm, '')).toBe(
    'notice note: before\nname.unknown warning MP6008  web looks up bd\n  did you mean "db"?\napp.changed app=shop phase=running\n',
  )
})

test('explain shows where each value comes from', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  const origin = { file: '/project/app.yaml', doc: 0, path: [] }
  daemon.explanation = {
    resolved: { pod: { containers: [{ name: 'web', image: 'nginx', env: [] }] }, scale: { replicas: 2 } },
    provenance: [
      { path: ['pod', 'containers', 0], by: 'webservice', origin, line: 8, column: 5 },
      { path: ['pod', 'containers', 0, 'image'], by: 'webservice', origin, line: 9, column: 16 },
      { path: ['scale'], by: 'trait scaler', origin, line: 20, column: 9 },
    ],
    rewrites: [{ container: 'web', name: 'API', from: 'http://api:8080', to: 'http://127.0.0.1:20001' }],
    services: [{ service: 'web.default', name: 'web.default.svc.cluster.local', address: '10.213.8.4', ports: [80, 443] }],
    holds: [{ subject: 'web', reason: 'stopped', on: [] }],
  }
  const { stdout } = await callCli(['explain', 'web'], { home: daemon.home })
  expect(stdout).toBe(
    [
      'web',
      'pod.containers[0].name: web     <- /project/app.yaml:8:5 (webservice)',
      'pod.containers[0].image: nginx  <- /project/app.yaml:9:16 (webservice)',
      'pod.containers[0].env: []       <- /project/app.yaml:8:5 (webservice)',
      'scale.replicas: 2               <- /project/app.yaml:20:9 (trait scaler)',
      '',
      'rewritten for this engine:',
      '  web: API: http://api:8080 -> http://127.0.0.1:20001',
      '',
      'addresses inside the environment:',
      '  web.default.svc.cluster.local: 10.213.8.4, port 80, 443',
      '',
      'holds:',
      '  web: stopped',
      '',
    ].join('\n'),
  )
  expect(await callCli(['explain', 'web', 'pod.containers[0].image'], { home: daemon.home })).toMatchObject({
    code: 0,
    stdout: 'pod.containers[0].image: nginx  <- /project/app.yaml:9:16 (webservice)\n',
  })
  expect(await callCli(['explain', 'web', 'pod.nothing'], { home: daemon.home })).toMatchObject({ code: 2 })
})

test('plan prints the plan, its diagnostics and holds', async () => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.plan = {
    text: 'startReplica web--1.0  (new)',
    steps: [],
    holds: [{ subject: 'worker', reason: 'needs', on: ['web'] }],
    diagnostics: [{ code: 'MP2001', severity: 'warning', message: 'unknown key' }],
  }
  expect(await callCli(['plan', '-f', '-'], { home: daemon.home })).toEqual({
    code: 0,
    stdout: 'startReplica web--1.0  (new)\n',
    stderr: 'warning MP2001  unknown key\nworker: waits for web\n',
  })
})

test.each([
  [['config'], 'applications:\n  - name: shop\n'],
  [['port', 'web', '80'], '127.0.0.1:80\n'],
  [['port', 'web', '--format', 'json'], '{"schemaVersion":1,"host":"127.0.0.1","port":8080}\n'],
])('%j', async (args, expected) => {
  await using daemon = await ScriptedDaemon.open([shop])
  daemon.config = { applications: [{ name: 'shop' }] }
  expect(await callCli(args, { home: daemon.home })).toEqual({ code: 0, stdout: expected, stderr: '' })
})
