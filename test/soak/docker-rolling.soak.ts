import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { RATE, RollingWeb } from '../kit/docker/rolling-web.ts'
import { setUp, tearDown } from '../kit/docker/set-up.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more. */
const CHANGES = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 20)

beforeAll(setUp)
afterAll(tearDown)

test.each([
  { connections: 'reused', replicas: 2 },
  { connections: 'fresh', replicas: 2 },
  { connections: 'reused', replicas: 1 },
] as const)(
  `image changes at ${RATE} requests a second: $connections connections, $replicas replicas`,
  async ({ connections, replicas }) => {
    await using world = new CliWorld()
    const web = await RollingWeb.start(world, { replicas, editions: CHANGES + 1 })
    using load = await web.load(connections)
    for (let change = 1; change <= CHANGES; change++) await web.change()
    const sent = await web.expectAllAnswered(load, `${CHANGES} changes, ${connections} connections, ${replicas} replicas`)
    expect(sent).toBeGreaterThan(CHANGES * 20)
    await world.call('down', '-v')
    expect(await world.expectDown()).toEqual([])
  },
)
