import { expect, test } from '@jest/globals'
import type { ScalePolicy } from '../../src/model/scale-policy.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { aPolicy, queueTrigger } from '../kit/scale-policies.ts'
import { simulated, sizes, steady } from '../kit/simulated.ts'

/** Messages that wait, from a second on. */
const QUEUE = [
  [0, 0],
  [41, 23],
  [401, 61],
  [701, 4],
  [1501, 0],
  [2003, 12],
] as const
const SECONDS = 3600

/** The sizes that the whole control core decides on the memory engine under virtual time. */
async function decided(policy: ScalePolicy): Promise<readonly string[]> {
  await using world = new ControlWorld({ web: { startMs: 500, readyMs: 1500 } })
  const start = world.clock.now()
  const environment = await world.up(`apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: worker
      properties: { image: web:1 }
      traits: [{ type: test-scale, properties: { policy: ${JSON.stringify(policy)} } }]
`)
  for (const [second, value] of [...QUEUE, [SECONDS, undefined] as const]) {
    await world.clock.advanceTo((start + second * 1000) as typeof start)
    if (value !== undefined) await environment.command({ do: 'metric', component: 'web', trigger: '0', value })
  }
  return world.store.recorded.flatMap(({ at, body }) =>
    body.type === 'scale.decided' ? [`${Math.round((at - start) / 1000)}s ${body.from} → ${body.to}`] : [],
  )
}

test.each([
  ['the default', {}],
  [
    'a minimum and a behavior',
    {
      min: 2,
      initial: 2,
      behavior: { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
    },
  ],
  ['an idle count', { min: 3, idle: 0, initial: 3 }],
] as const)('%s: the simulation decides as the control core does', async (_name, changes) => {
  const policy = aPolicy([queueTrigger({ target: 5 })], { cooldownMs: 120_000, max: 20, initial: 1, ...changes })
  const waiting = QUEUE.map(([second, value], index) => steady(value, second, QUEUE[index + 1]?.[0] ?? SECONDS))
  const result = simulated({
    policy,
    load: { readings: new Map([['rabbitmq', waiting]]), startDelay: { kind: 'constant', seconds: 2 } },
    seconds: SECONDS,
  })
  const live = await decided(policy)
  expect(live.length).toBeGreaterThan(4)
  expect(sizes(result)).toEqual(live)
})
