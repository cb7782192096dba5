import { expect } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { Client } from './client.ts'
import { hostOf, upSleeping } from './http-app.ts'
import type { ScaledWorld } from './scaled-world.ts'

const TOGETHER = 200
const GIVE_UP = 10
const BATCH = 20
const MAX_HELD = 50
const OVER = 7

/** One replica at most, which is ready once it is told. */
const told = (name: string) => ({
  name,
  env: { AWAIT: `${name}-is-ready`, TOGETHER: String(TOGETHER) },
  scaled: { maxReplicaCount: 1, triggers: [{ type: 'http', metadata: { target: '10' } }] },
})

/** A queue that is full, a wait that is too long, and 200 requests at once, some of which are given up, for components that sleep. */
export async function holdsRequests(world: ScaledWorld): Promise<void> {
  await upSleeping(world, [
    told('crowded'),
    { ...told('narrow'), gate: { maxHeld: MAX_HELD } },
    { ...told('brief'), gate: { holdSeconds: 2 } },
    {
      name: 'deaf',
      scaled: { triggers: [{ type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '1' } }] },
    },
  ])
  const port = await world.port()
  const brief = await Client.send(port, hostOf('brief'), '/')
  await refusesWhenFull(world, port)
  await answersAllInOrder(world, port)
  expect(await brief.answer).toMatchObject({ status: 504, body: expect.stringMatching(/brief/) })
  const deaf = await (await Client.send(port, hostOf('deaf'), '/')).answer
  expect(deaf).toMatchObject({
    status: 503,
    body: expect.stringMatching(/deaf is scaled to zero, and none of its triggers counts requests/),
  })
}

async function refusesWhenFull(world: ScaledWorld, port: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: MAX_HELD }, () => Client.send(port, hostOf('narrow'), '/')))
  await world.until('narrow', ({ held }) => held === MAX_HELD)
  for (let over = 0; over < OVER; over++) {
    const { answer } = await Client.send(port, hostOf('narrow'), '/')
    expect(await answer).toMatchObject({ status: 503, retryAfter: '1', body: expect.stringContaining(`${MAX_HELD} requests wait already`) })
  }
  await world.until('narrow', ({ held }) => held === MAX_HELD)
  await makeReady(world, 'narrow')
  const answers = await Promise.all(clients.map(({ answer }) => answer))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(MAX_HELD)
}

async function answersAllInOrder(world: ScaledWorld, port: number): Promise<void> {
  const [staying, leaving]: [Client[], Client[]] = [[], []]
  for (let sent = 0; sent < TOGETHER; sent++) {
    staying.push(await Client.send(port, hostOf('crowded'), `/together/${sent}`))
    if (leaving.length < GIVE_UP) leaving.push(await Client.send(port, hostOf('crowded'), '/together/-1'))
    // The way to the edge may change the order of those that are sent together, not of those that wait already.
    if (sent % BATCH === BATCH - 1) await world.until('crowded', ({ held }) => held === sent + 1 + GIVE_UP)
  }
  for (const client of leaving) client[Symbol.dispose]()
  await world.until('crowded', ({ held }) => held === TOGETHER)
  await makeReady(world, 'crowded')
  const answers = await Promise.all(staying.map(({ answer }) => answer))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(TOGETHER)
  // All were there at once, so each had a connection of its own; those were made in the order of the tickets.
  const seen = answers.map(({ body }) => JSON.parse(body) as { readonly request: number; readonly connection: number })
  const inOrder = seen.toSorted((left, right) => left.connection - right.connection).map(({ request }) => request)
  expect(inOrder.map((request) => Math.floor(request / BATCH))).toEqual(inOrder.map((_, index) => Math.floor(index / BATCH)))
  expect(new Set(inOrder).size).toBe(TOGETHER)
  await world.until('crowded', ({ held, inFlight }) => held === 0 && inFlight === 0)
}

/** Its replica starts, and waits to be told. */
async function makeReady(world: ScaledWorld, component: string): Promise<void> {
  await world.until(component, ({ replicas }) => replicas === 1)
  await eventuallyCall(world, 'exec', component, '--', 'touch', `${component}-is-ready`)
}

/** The replica may not be there yet. */
async function eventuallyCall(world: ScaledWorld, ...args: readonly string[]): Promise<void> {
  await eventually(async () => {
    const { code, stdout, stderr } = await world.try(...args)
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`)
    return true
  }, 30_000)
}
