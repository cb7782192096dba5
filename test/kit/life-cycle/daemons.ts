import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from '@jest/globals'
import { cliProgram, type Home, leftovers, runProgram } from '../cli.ts'
import { eventually, throughout } from '../eventually.ts'
import { formatLoad, type Load, startLoad } from '../loader.ts'
import { scratchDirectory } from '../scratch.ts'
import { ask, freePort, killNow, Stage } from '../stage.ts'
import { endAll, expectSameProcesses } from './expectations.ts'

function loadOn(port: number): Load {
  return startLoad({ url: `http://127.0.0.1:${port}/`, rate: 50, connections: 'fresh', limitMs: 60_000 })
}

async function expectNoFailure(load: Load): Promise<void> {
  const report = await load.stop()
  if (report.failed > 0) throw new Error(`${formatLoad(report)}\n${report.failures.join('\n')}`)
  expect(report.statuses).toEqual({ 200: report.sent })
}

export async function killDaemonInUpdate(home: Home): Promise<void> {
  using stage = new Stage(home)
  const [front, back] = [await freePort(), await freePort()]
  const write = (version: string): void =>
    stage.write('shop', [
      { name: 'web', replicas: 3, publish: front, env: { VERSION: version, START_MS: '700' } },
      { name: 'api', publish: back },
    ])
  write('1')
  await stage.up('shop')
  const [webs, apis] = [stage.pidsOf('web'), stage.pidsOf('api')]
  using load = loadOn(front)
  write('2')
  await eventually(() => (stage.pidsOf('web').some((pid) => !webs.includes(pid)) && stage.keptRevision === 2 ? true : undefined))
  await killNow(stage.daemonPid)
  await throughout(async () => expect((await ask(front)).version).toMatch(/^[12]$/), 1_500)
  expect(webs.filter((pid) => stage.pidsOf('web').includes(pid)).length).toBeGreaterThan(0)
  await stage.call('ps')
  let fewest = Number.POSITIVE_INFINITY
  await eventually(async () => {
    fewest = Math.min(fewest, stage.pidsOf('web').length)
    const shown = await stage.shown('web')
    const revisions = new Set(shown.map(({ id }) => id.replace(/\.\d+$/, '')))
    return shown.length === 3 && revisions.size === 1 && shown.every(({ phase }) => phase === 'ready') ? true : undefined
  }, 30_000)
  // The next daemon does not end what serves before its successor does.
  expect(fewest).toBeGreaterThanOrEqual(3)
  await expectNoFailure(load)
  await throughout(async () => expect((await ask(front)).version).toBe('2'), 300)
  expect(stage.pidsOf('web').filter((pid) => webs.includes(pid))).toEqual([])
  expect(stage.pidsOf('web')).toHaveLength(3)
  await expectSameProcesses(stage, 'api', apis, back)
  await endAll(stage)
}

export async function leaveUntilLeaseEnds(home: Home): Promise<void> {
  using stage = new Stage(home, { MINIPAAS_LEASE_SECONDS: '2' })
  const port = await freePort()
  stage.write('shop', [{ name: 'web', replicas: 2, publish: port, beside: 'a side container', volume: 'a volume' }])
  await stage.up('shop')
  await ask(port, '/visits')
  await killNow(stage.daemonPid)
  expect((await ask(port)).version).toBe('1')
  await eventually(async () => {
    const { processes } = await leftovers(stage.home)
    if (processes.length > 0) throw new Error(processes.map(({ command }) => command).join('\n'))
    return true
  }, 20_000)
  expect((await leftovers(stage.home)).directories).toEqual(['stage/volumes/web-data'])
  // Nothing is wanted any more, and the volume is what it was.
  await stage.up('shop')
  expect((await ask(port, '/visits')).visits).toBe(2)
  await endAll(stage)
}

export async function killEverything(home: Home): Promise<void> {
  using stage = new Stage(home)
  const [front, back] = [await freePort(), await freePort()]
  stage.write('shop', [
    { name: 'web', replicas: 2, publish: front, volume: 'a volume' },
    { name: 'api', publish: back, beside: 'a side container' },
  ])
  await stage.up('shop')
  await ask(front, '/visits')
  const before = [...stage.pidsOf(), ...stage.replicas().flatMap(({ shells }) => shells)]
  expect(before).toHaveLength(8)
  await killNow(stage.guardPid, stage.daemonPid, stage.edgePid, ...before)
  await stage.up('shop')
  expect((await ask(front, '/visits')).visits).toBe(2)
  expect((await ask(back)).version).toBe('1')
  const settled = { daemons: 1, guards: 1, edges: 1, applications: 4 }
  await throughout(async () => expect(await stage.census()).toEqual(settled), 1_000)
  expect((await stage.shown('web')).map(({ phase }) => phase)).toEqual(['ready', 'ready'])
  await endAll(stage)
}

export async function replaceDaemon(home: Home): Promise<void> {
  using stage = new Stage(home)
  using other = scratchDirectory()
  const dist = join(other.path, 'dist')
  mkdirSync(dist)
  cpSync(dirname(cliProgram), dist, { recursive: true })
  writeFileSync(join(other.path, 'package.json'), JSON.stringify({ name: 'minipaas', version: '99.0.0' }))
  const port = await freePort()
  stage.write('shop', [{ name: 'web', replicas: 2, publish: port }])
  await stage.up('shop')
  const [pids, edge] = [stage.pidsOf(), stage.edgePid]
  using load = loadOn(port)
  const { code, stderr } = await runProgram([join(dist, 'cli.js'), 'ps', '--project-name', 'stage'], stage.settings)
  if (code !== 0) throw new Error(stderr)
  const found = JSON.parse(readFileSync(join(stage.home, 'daemon.json'), 'utf8')) as { readonly version: string }
  expect(found.version).toBe('99.0.0')
  await throughout(() => expectSameProcesses(stage, 'web', pids, port), 1_500)
  expect(stage.edgePid).toBe(edge)
  await expectNoFailure(load)
  expect(await stage.census()).toEqual({ daemons: 1, guards: 1, edges: 1, applications: 2 })
  await endAll(stage)
}
