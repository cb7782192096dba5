import { expect } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { brokerComponents, CONNECTIONS, PASSWORD } from './brokers.ts'
import { type ComponentText, document, texts } from './documents.ts'
import { PUSHED_BETWEEN_MS, QUEUE_WORKERS, type QueueWorker } from './queue-workers.ts'
import type { ScaledWorld } from './scaled-world.ts'

const LIMIT_MS = 90_000

const secrets = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'database' }, stringData: { password: PASSWORD } },
  {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: { name: 'database' },
    spec: { secretTargetRef: [{ parameter: 'password', name: 'database', key: 'password' }] },
  },
]

const workerOf = ({ name, trigger, scaled }: QueueWorker): ComponentText => ({
  name,
  image: 'busybox:1.36',
  cmd: ['sleep', '100000'],
  env: CONNECTIONS,
  run: { command: ['sleep', '100000'] },
  scaled: { maxReplicaCount: 5, cooldownPeriod: 60, triggers: [trigger], ...scaled },
})

/** Brokers and workers in one application: each worker sleeps, grows with its queue, and sleeps again where that can be emptied. */
export async function followsQueues(world: ScaledWorld, pushScaler: string): Promise<void> {
  const { model, overlay } = texts('queues', [...brokerComponents(world.ground, { pushScaler }), ...QUEUE_WORKERS.map(workerOf)])
  world.ground.write('app.yaml', model + secrets.map(document).join(''))
  world.ground.write('minipaas.yaml', overlay)
  await world.call('up', '-d', '--wait', '--wait-timeout', '120', '--speed', '20')
  const ports = await forwards(world)
  const portOf = ({ feed: { broker, port } }: QueueWorker): number => ports.get(`${broker}:${port}`) ?? 0

  // A server that listens may not answer yet.
  await all((worker) => eventually(async () => ((await worker.feed.prepare?.(portOf(worker))) ?? true) as object | true, LIMIT_MS))
  await all(async ({ name, feed }) => {
    if (feed.broker !== 'scaler') await world.until(name, ({ replicas, triggers: [trigger] }) => replicas === 0 && trigger?.value === 0)
    else await world.until(name, ({ replicas }) => replicas === 0)
  })
  const pushed = QUEUE_WORKERS.filter(({ feed }) => feed.broker === 'scaler')
  const asleep = await Promise.all(
    pushed.map(async (worker) => {
      const { next, now } = await world.until(worker.name, (view) => (view.next.pollAt ?? 0) - view.now > PUSHED_BETWEEN_MS)
      await worker.feed.fill(portOf(worker))
      return { name: worker.name, pollAt: next.pollAt ?? now }
    }),
  )
  await all(async (worker) => (pushed.includes(worker) ? undefined : await worker.feed.fill(portOf(worker))))
  await all(async (worker) => {
    const { decisions, triggers } = await world.until(worker.name, ({ replicas, ready }) => replicas === 2 && ready === 2)
    expect([worker.name, triggers]).toMatchObject([worker.name, [{ value: 3, active: true, from: 'meter' }]])
    const [woken, grown] = [
      decisions.find(({ from, to }) => from === 0 && to === 1),
      decisions.find(({ from, to }) => from === 1 && to === 2),
    ]
    expect([worker.name, woken?.by, grown?.by]).toEqual([worker.name, 'poll', 'sync'])
    expect(grown?.proposals).toMatchObject([{ value: 3, target: 2, replicas: 2 }])
  })
  for (const { name, pollAt } of asleep) {
    const woken = (await world.scale(name)).decisions.find(({ from, to }) => from === 0 && to === 1)
    expect([name, (woken?.at ?? pollAt) < pollAt]).toEqual([name, true])
  }
  await all(async (worker) => {
    if (worker.feed.empty === undefined) return
    await worker.feed.empty(portOf(worker))
    await world.until(worker.name, ({ replicas, ready }) => replicas === 0 && ready === 0)
  })
}

/** Nothing of a broker is published: this is how somebody gets at one. */
async function forwards(world: ScaledWorld): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map(QUEUE_WORKERS.map(({ feed: { broker, port } }) => [`${broker}:${port}`, { broker, port }]))
  return new Map(await Promise.all([...wanted].map(async ([key, { broker, port }]) => [key, await world.forward(broker, port)] as const)))
}

function all(work: (worker: QueueWorker) => Promise<unknown>): Promise<unknown> {
  return Promise.all(QUEUE_WORKERS.map(work))
}
