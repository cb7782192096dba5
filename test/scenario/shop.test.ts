import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

test('the shop must come up after its migration, with an internal catalog that only has an inner name', async () => {
  await using world = new ControlWorld({ migrate: { exits: { afterMs: 1000, code: 0 } }, catalog: { readyMs: 500 }, web: { readyMs: 500 } })
  await upSample(world, 'samples/shop')
  await world.clock.advance(900)
  expect(world.component('catalog').applied).toBe(false)
  await world.until(() => world.app().phase === 'running')
  expect(world.app().components.map(({ name, message }) => `${name} ${message}`)).toEqual([
    'migrate Active/Failed/Succeeded:0/0/1',
    'catalog Ready:1/1',
    'worker Ready:1/1',
    'web Ready:2/2',
  ])
  expect(await world.engine.request('test', { host: 'shop.localhost', path: '/' })).toMatchObject({ status: 200 })
  expect(world.component('catalog').endpoints).toContainEqual({ ref: 'Service/default/catalog', url: 'catalog.default:8080', inner: true })
  expect(JSON.stringify([world.environment.view(), world.environment.config(), world.environment.debug()])).not.toContain('not-a-real-key')
})

test('every sample must have a scenario', () => {
  const root = fileURLToPath(new URL('../../samples/', import.meta.url))
  const samples = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('app.yaml'))
    .map((path) => path.slice(0, -'/app.yaml'.length))
  const folder = import.meta.dirname
  const scenarios = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  expect(samples.length).toBeGreaterThan(0)
  for (const sample of samples) expect(scenarios).toContain(`upSample(world, 'samples/${sample}')`)
})
