import { expect } from '@jest/globals'
import type { Home } from '../cli.ts'
import { eventually, throughout } from '../eventually.ts'
import { formatLoad, startLoad } from '../loader.ts'
import { ask, freePort, killNow, lives, Stage } from '../stage.ts'
import { endAll, expectSameProcesses } from './expectations.ts'

/** The guard looks every half second; a start of Node on a busy machine. */
const EDGE_BACK_MS = 5_000
/** The daemon looks every 10 s, the edge more often. */
const GUARD_BACK_MS = 12_000

export async function killEdge(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', replicas: 2, publish: port }])
  await stage.up('shop')
  const pids = stage.pidsOf('web')
  const inner = await innerPort(stage)
  await killAndAwaitEdge(stage, port)
  await expectSameProcesses(stage, 'web', pids, port)
  // The daemon has it in hand again: a change arrives.
  await stage.call('scale', 'web=3')
  await eventually(() => (stage.pidsOf('web').length === 3 ? true : undefined))
  await stage.call('scale', 'web=2')
  await eventually(() => (stage.pidsOf('web').length === 2 ? true : undefined))
  const kept = stage.pidsOf('web')

  await killNow(stage.daemonPid)
  await killAndAwaitEdge(stage, port)
  await throughout(() => expectSameProcesses(stage, 'web', kept, port), 500)
  await stage.call('ps')
  await expectSameProcesses(stage, 'web', kept, port)
  expect(await innerPort(stage)).toBe(inner)
  await endAll(stage)
}

async function killAndAwaitEdge(stage: Stage, port: number): Promise<void> {
  const edge = stage.edgePid
  await killNow(edge)
  await eventually(async () => ((await ask(port)).version === '1' ? true : undefined), EDGE_BACK_MS)
  expect(stage.edgePid).not.toBe(edge)
}

/** The loopback port of the service, which calls inside the application use. */
async function innerPort(stage: Stage): Promise<string> {
  return (await stage.call('port', 'web')).stdout
}

export async function killOnlyReplica(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port, env: { START_MS: '400' } }])
  await stage.up('shop')
  const [replica] = stage.replicas('web')
  await killNow(...stage.pidsOf('web'))
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port)))
  const pids = stage.pidsOf('web')
  expect(new Set(answers.map(({ pid }) => pid))).toEqual(new Set(pids))
  expect(pids).not.toEqual(Object.values(replica?.pids ?? {}))
  await eventually(async () => {
    expect(await stage.shown('web')).toMatchObject([{ id: replica?.id, phase: 'ready', restarts: 1 }])
    return true
  })
  await endAll(stage)
}

export async function killOneOfTwo(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', replicas: 2, publish: port }])
  await stage.up('shop')
  using load = startLoad({ url: `http://127.0.0.1:${port}/`, rate: 100, connections: 'reused', limitMs: 60_000 })
  await throughout(() => {}, 500)
  const victim = await ask(port)
  const onVictim = slowOn(port, victim.pid)
  const busy = new Set<number>()
  await eventually(async () => {
    const answer = await ask(port)
    if (answer.busy > 0) busy.add(answer.pid)
    return busy.size === 2 ? true : undefined
  })
  await killNow(victim.pid)
  const before = load.report()
  await eventually(async () => {
    expect((await stage.shown('web')).map(({ phase, restarts }) => [phase, restarts]).sort()).toEqual([
      ['ready', 0],
      ['ready', 1],
    ])
    return true
  })
  const report = await load.stop()
  // One request of the load may have been on its way to the killed one.
  if (report.failed > 1) throw new Error(`${formatLoad(before)}\n${formatLoad(report)}\n${report.failures.join('\n')}`)
  expect(report.timeouts + report.resets).toBe(0)
  const { inFlight, others } = await onVictim
  expect(new Set(inFlight)).toEqual(new Set([502]))
  expect(new Set(others)).toEqual(new Set([200]))
  await endAll(stage)
}

/** Slow requests, some on each of two replicas. */
async function slowOn(port: number, victim: number): Promise<{ readonly inFlight: number[]; readonly others: number[] }> {
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const response = await fetch(`http://127.0.0.1:${port}/slow?ms=3000`)
      const text = await response.text()
      return { status: response.status, onVictim: response.status !== 200 || text.includes(`"pid":${victim},`) }
    }),
  )
  return {
    inFlight: statuses.filter(({ onVictim }) => onVictim).map(({ status }) => status),
    others: statuses.filter(({ onVictim }) => !onVictim).map(({ status }) => status),
  }
}

export async function killSideContainer(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port, beside: 'a side container' }])
  await stage.up('shop')
  const [before] = stage.replicas('web')
  await killNow(before?.pids['beside'] ?? 0)
  await eventually(() => {
    const [now] = stage.replicas('web')
    expect(now).toMatchObject({ id: before?.id, restarts: { web: 0, beside: 1 } })
    expect(now?.pids['web']).toBe(before?.pids['web'])
    expect(lives(now?.pids['beside'] ?? 0)).toBe(true)
    return true
  })
  expect((await ask(port)).pid).toBe(before?.pids['web'])
  await eventually(async () => {
    expect(await stage.shown('web')).toMatchObject([{ id: before?.id, phase: 'ready', restarts: 1 }])
    return true
  })
  await endAll(stage)
}

export async function killGuard(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port }])
  await stage.up('shop')
  const pids = stage.pidsOf('web')
  await killAndAwaitGuard(stage)
  await killNow(stage.daemonPid)
  await killAndAwaitGuard(stage)
  await throughout(() => expectSameProcesses(stage, 'web', pids, port), 500)
  expect(await stage.census()).toEqual({ daemons: 0, guards: 1, edges: 1, applications: 1 })
  await endAll(stage)
}

async function killAndAwaitGuard(stage: Stage): Promise<void> {
  const guard = stage.guardPid
  await killNow(guard)
  await eventually(() => (stage.guardPid !== guard && lives(stage.guardPid) ? true : undefined), GUARD_BACK_MS)
}
