import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { type Home, leftovers } from '../cli.ts'
import { eventually } from '../eventually.ts'
import { ask, freePort, lives, Stage } from '../stage.ts'
import { expectAllGone, expectEnvironmentGone } from './expectations.ts'

export async function endLastApplication(home: Home): Promise<void> {
  using stage = new Stage(home, { MINIPAAS_IDLE_SECONDS: '1' })
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port }])
  await stage.up('shop')
  const [edge, daemon] = [stage.edgePid, stage.daemonPid]
  await stage.call('down')
  expect(lives(edge)).toBe(false)
  expect(lives(daemon)).toBe(true)
  await expectEnvironmentGone(stage)
  await eventually(() => (lives(daemon) ? undefined : true), 6_000)
  await eventually(async () => {
    await expectAllGone(stage)
    return true
  }, 2_000)
  for (const name of ['daemon.json', 'daemon.lock', 'guard.json']) expect(existsSync(join(stage.home, name))).toBe(false)
}

export async function keepVolumes(home: Home): Promise<void> {
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port, volume: 'a volume' }])
  await stage.up('shop')
  expect((await ask(port, '/visits')).visits).toBe(1)
  await stage.call('down')
  await expectEnvironmentGone(stage)
  expect((await leftovers(stage.home)).directories).toEqual(['stage/volumes/web-data'])
  await stage.up('shop')
  expect((await ask(port, '/visits')).visits).toBe(2)
  await stage.call('down', '-v')
  await expectEnvironmentGone(stage)
  expect((await leftovers(stage.home)).directories).toEqual([])
  await stage.up('shop')
  expect((await ask(port, '/visits')).visits).toBe(1)
  await stage.call('down', '-v')
  await expectEnvironmentGone(stage)
}
