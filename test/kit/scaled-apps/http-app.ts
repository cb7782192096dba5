import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { Client } from './client.ts'
import { type ComponentText, texts } from './documents.ts'
import type { ScaledWorld } from './scaled-world.ts'

const program = fileURLToPath(new URL('../programs/scaled-web.mjs', import.meta.url))
const PORT = 8000
const CONCURRENCY = { type: 'http', metadata: { target: '10' } }
const SPEED = '20'
export const hostOf = (name: string): string => `${name}.shop.localhost`

const web = (name: string, more: Partial<ComponentText>): ComponentText => ({
  name,
  image: 'node:22-alpine',
  cmd: ['node', '-e', readFileSync(program, 'utf8').replaceAll(/^\/\/.*\n/gm, '')],
  ports: { web: PORT },
  readyAt: '/healthz',
  run: { command: [process.execPath, program] },
  ...more,
})

/** Brings up a component that sleeps until it is asked, with more of what its scaler says. */
export async function upSleeping(
  world: ScaledWorld,
  components: readonly (Partial<ComponentText> & { readonly name: string })[],
): Promise<void> {
  const { model, overlay } = texts(
    'shop',
    components.map(({ name, ...more }) => web(name, { scaled: { cooldownPeriod: 60, triggers: [CONCURRENCY] }, ...more })),
  )
  world.ground.write('app.yaml', model)
  world.ground.write('minipaas.yaml', overlay)
  await world.call('up', '-d', '--wait', '--speed', SPEED)
  await Promise.all(components.map(({ name }) => world.until(name, ({ replicas }) => replicas === 0)))
}

/** 0 -> 1 by a first request that is answered, six replicas for sixty at once, and back to nothing. */
export async function followsLoad(world: ScaledWorld): Promise<void> {
  await upSleeping(world, [{ name: 'web' }])
  const port = await world.port()
  const first = await Client.send(port, hostOf('web'), '/')
  expect(await first.answer).toMatchObject({ status: 200 })
  await world.until('web', ({ ready }) => ready === 1)
  await eventually(() => expect(world.decided('web').at(-1)).toMatchObject({ from: 0, to: 1 }) ?? true)
  await world.until('web', ({ replicas }) => replicas === 0)

  const before = await eventually(() => (world.decided('web').at(-1)?.to === 0 ? world.decided('web').length : undefined))
  const clients = await Promise.all(Array.from({ length: 60 }, () => Client.send(port, hostOf('web'), '/stay')))
  const { decisions, triggers, inFlight } = await world.until('web', ({ ready, inFlight: carried }) => ready === 6 && carried === 60)
  expect([triggers[0]?.value, inFlight]).toEqual([60, 60])
  const sizes = await eventually(() => (world.decided('web').at(-1)?.to === 6 ? world.decided('web').slice(before) : undefined))
  expect(sizes[0]).toMatchObject({ from: 0, to: 1 })
  // Without a behavior a sync may double, or go to four: the second one of those that changed anything has all six.
  expect(sizes.slice(1).length).toBeLessThanOrEqual(2)
  expect(sizes.at(-1)).toMatchObject({ to: 6 })
  const woken = decisions.findLast(({ by, from, to }) => by === 'poll' && from === 0 && to === 1)
  const grown = decisions.findLast(({ by, to }) => by === 'sync' && to === 6)
  expect(woken?.trail.map(({ because }) => because).join(' ')).toContain('s0-http')
  expect(grown?.proposals).toMatchObject([{ value: 60, target: 10, replicas: 6 }])

  const busy = await world.scale('web')
  for (const client of clients) client[Symbol.dispose]()
  await world.until('web', ({ triggers: [trigger] }) => trigger?.active === false)
  const idle = await world.until('web', ({ replicas, ready }) => replicas === 0 && ready === 0)
  const ended = idle.decisions.findLast(({ by, to }) => by === 'poll' && to === 0)
  expect((ended?.at ?? 0) - busy.now).toBeGreaterThan(60_000)
  expect(ended?.trail.map(({ because }) => because).join(' ')).toContain('60 s')
}
