import { expect, test } from '@jest/globals'
import type { Start } from '../../src/simulate/scenario.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { upSample } from '../kit/sample-files.ts'

test('the init container must be over before the server starts, and a failing one must be tried again', async () => {
  let fetches = 0
  await using world = new ControlWorld({
    library: ({ container }: Start) =>
      container === 'fetch-books' ? { exits: { afterMs: 1000, code: fetches++ === 0 ? 1 : 0 } } : { readyMs: 100 },
  })
  await upSample(world, 'samples/oam/library')
  await world.clock.advance(500)
  expect(world.component('library')).toMatchObject({ message: 'Ready:0/1', healthy: false })
  await world.until(() => world.app('library').phase === 'running', 120_000)
  expect(fetches).toBe(2)
  expect(
    world
      .component('library')
      .replicas[0]?.containers.map(({ name, role, state }) => `${name} ${role} ${state}`)
      .sort(),
  ).toEqual(['fetch-books init exited', 'library app running'])
})

test('the env trait must win over the component, keep what it does not name and unset what it says', async () => {
  await using world = new ControlWorld()
  const environment = await upSample(world, 'samples/oam/library')
  await world.until(() => world.app('library').phase === 'running')
  const env = envOf(environment.explain('library').resolved)
  expect(env).toMatchObject({ GREETING: 'welcome', SHELVES: '12' })
  expect(env).not.toHaveProperty('DEBUG')
  expect(Object.keys(env)).toEqual(expect.arrayContaining(['OPENING_HOURS', 'DESK_KEY']))
  expect(JSON.stringify([environment.explain('library'), environment.config(), environment.debug()])).not.toContain(
    'local-only-not-a-real-key',
  )
})

test('the claim must outlive a down and be gone after a down with volumes', async () => {
  await using world = new ControlWorld()
  const environment = await upSample(world, 'samples/oam/library')
  await world.until(() => world.app('library').phase === 'running')
  expect(await volumes(world)).toEqual(['loans'])
  await environment.down({ applications: [], volumes: false, images: 'none' })
  await world.until(() => world.environments.idle())
  expect(await volumes(world)).toEqual(['loans'])
  await upSample(world, 'samples/oam/library')
  await world.until(() => world.app('library').phase === 'running')
  await world.environment.down({ applications: [], volumes: true, images: 'none' })
  await world.until(() => world.environments.idle())
  expect(await volumes(world)).toEqual([])
})

async function volumes(world: ControlWorld): Promise<readonly string[]> {
  return (await world.engine.observe({ environment: 'test', instance: 'first' }, new AbortController().signal)).volumes
}

function envOf(resolved: unknown): Readonly<Record<string, unknown>> {
  const { pod } = resolved as {
    readonly pod: { readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value: unknown }[] }[] }
  }
  return Object.fromEntries((pod.containers[0]?.env ?? []).map(({ name, value }) => [name, value]))
}
