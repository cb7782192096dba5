import { expect, test } from '@jest/globals'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { eventually, throughout } from '../kit/eventually.ts'
import { runLoad, startLoad } from '../kit/loader.ts'
import { expectAllAnswered, RollingShop } from '../kit/rolling-shop.ts'
import { ask, freePort, Stage } from '../kit/stage.ts'

test('no request of 200 a second fails while the shop is changed, restarted and started from zero', async () => {
  await using home = withHome()
  using shop = new RollingShop(home, { replicas: 2 })
  await shop.up()
  {
    using load = shop.load('reused')
    await shop.change('web')
    await shop.change('catalog')
    await shop.change('web')
    await shop.restart('web')
    await shop.restart('catalog')
    const sent = await load.expectAllAnswered('three changes and two restarts')
    expect(sent).toBeGreaterThan(200)
  }
  await shop.call('stop', 'web')
  await shop.call('start', 'web')
  {
    using load = shop.load('fresh')
    await throughout(() => {}, 2_000)
    await load.expectAllAnswered('from zero')
  }
  await shop.call('down', '-v')
  await expectNothingLeft(home.path)
}, 180_000)

test('a request to a component that starts, restarts or is updated waits and is answered', async () => {
  await using home = withHome()
  using stage = new Stage(home)
  const port = await freePort()
  const write = (version: string): void => stage.write('slow', [{ name: 'web', publish: port, env: { VERSION: version, START_MS: '800' } }])
  const url = `http://127.0.0.1:${port}/`

  write('1')
  await stage.start('slow')
  expectAllAnswered(await runLoad({ url, rate: 50, count: 50, connections: 'fresh', limitMs: 60_000 }), 'starting')
  const [first] = stage.pidsOf('web')

  await stage.call('restart', 'web')
  const { latency } = expectAllAnswered(await runLoad({ url, rate: 50, count: 50, connections: 'fresh', limitMs: 60_000 }), 'restarting')
  // The only replica was away, so somebody has waited for it.
  expect(latency.max).toBeGreaterThan(300)
  const { pid } = await ask(port)
  expect(pid).not.toBe(first)

  using load = startLoad({ url, rate: 50, connections: 'reused', limitMs: 60_000 })
  write('2')
  await throughout(() => {}, 100)
  for (let version = '1'; version === '1'; ) version = (await ask(port)).version
  expectAllAnswered(await load.stop(), 'updating')
  await eventually(() => (stage.pidsOf('web').includes(pid) ? undefined : true))
  await stage.call('down', '-v')
  await expectNothingLeft(home.path)
}, 90_000)
