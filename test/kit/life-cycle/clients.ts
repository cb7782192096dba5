import { expect } from '@jest/globals'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import type { Home } from '../cli.ts'
import { throughout } from '../eventually.ts'
import { ask, freePort, killNow, lives, Stage } from '../stage.ts'
import { endAll, expectAllGone, expectEnd, expectSameProcesses } from './expectations.ts'

/** A foreground client that was lost may come back for so long. */
const GRACE_MS = 10_000
/** Between the end of the grace and the end of the application: drain, stop, a busy machine. */
const STOP_MS = 6_000

export async function interruptOnce(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('front', [{ name: 'web', replicas: 2, publish: port, volume: 'a volume' }])
  const foreground = await stage.upInForeground('front')
  await ask(port, '/visits')
  const running = ask(port, '/slow?ms=600')
  await throughout(() => {}, 100)
  foreground.interrupt()
  expect((await running).version).toBe('1')
  expect(await foreground.ended).toBe(0)
  await expectAllGone(stage)
  // Of its own accord, not killed.
  expect(foreground.output).toMatch(/web: Exited: .*exited with code 0/)
}

export async function interruptTwice(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('front', [{ name: 'web', publish: port, env: { ON_TERM: 'ignore' } }])
  const foreground = await stage.upInForeground('front')
  const pids = stage.pidsOf()
  foreground.interrupt()
  await foreground.said('web: Stopping')
  expect(pids.every(lives)).toBe(true)
  const from = systemClock.now()
  foreground.interrupt()
  expect(await foreground.ended).toBe(130)
  expect(systemClock.now() - from).toBeLessThan(5_000)
  await expectAllGone(stage)
}

export async function killClient(home: Home): Promise<void> {
  using stage = new Stage(home)
  const [front, back] = [await freePort(), await freePort()]
  stage.write('front', [{ name: 'web', replicas: 2, publish: front }])
  stage.write('back', [{ name: 'api', publish: back }])
  const foreground = await stage.upInForeground('front')
  await stage.up('back')
  const [webs, apis] = [stage.pidsOf('web'), stage.pidsOf('api')]
  await foreground.kill()
  await throughout(() => expectSameProcesses(stage, 'web', webs, front), GRACE_MS - 2_000)
  await expectEnd(webs, 2_000 + STOP_MS)
  await throughout(() => expectSameProcesses(stage, 'api', apis, back), 500)
  await endAll(stage)
}

export async function killClientAndDaemon(home: Home): Promise<void> {
  using stage = new Stage(home)
  const [front, back] = [await freePort(), await freePort()]
  stage.write('front', [{ name: 'web', publish: front }])
  stage.write('back', [{ name: 'api', publish: back }])
  const foreground = await stage.upInForeground('front')
  await stage.up('back')
  const [webs, apis] = [stage.pidsOf('web'), stage.pidsOf('api')]
  await foreground.kill()
  await killNow(stage.daemonPid)
  await throughout(() => expectSameProcesses(stage, 'web', webs, front), 1_000)
  await stage.call('ps')
  await throughout(() => expectSameProcesses(stage, 'web', webs, front), GRACE_MS - 2_000)
  await expectEnd(webs, 2_000 + STOP_MS)
  await throughout(() => expectSameProcesses(stage, 'api', apis, back), 500)
  await endAll(stage)
}

export async function killDaemonUnderClient(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('front', [{ name: 'web', publish: port }])
  const foreground = await stage.upInForeground('front')
  const pids = stage.pidsOf('web')
  const before = stage.daemonPid
  await killNow(before)
  // The client finds out by itself, starts the next daemon and takes its seat again.
  await throughout(() => expectSameProcesses(stage, 'web', pids, port), GRACE_MS + 2_000)
  expect(lives(stage.daemonPid)).toBe(true)
  expect(stage.daemonPid).not.toBe(before)
  foreground.interrupt()
  expect(await foreground.ended).toBe(0)
  await expectAllGone(stage)
}
