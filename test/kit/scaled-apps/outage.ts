import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { expect } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { BROKER_IMAGE } from './brokers.ts'
import { type ComponentText, texts } from './documents.ts'
import type { ScaledWorld } from './scaled-world.ts'

const THRESHOLD = 3
const worker = (name: string, more: Readonly<Record<string, unknown>>): ComponentText => ({
  name,
  image: 'busybox:1.36',
  cmd: ['sleep', '100000'],
  run: { command: ['sleep', '100000'] },
  scaled: {
    cooldownPeriod: 30,
    triggers: [{ type: 'redis', metadata: { address: 'redis:6379', listName: 'jobs', listLength: '2' } }],
    ...more,
  },
})

/** A broker that is away freezes a size, or makes it that of the fallback, is named, and comes back. */
export async function survivesOutage(world: ScaledWorld): Promise<void> {
  world.ground.write('servers/redis/run.sh', readFileSync(new URL('servers/redis.sh', import.meta.url), 'utf8'))
  const { model, overlay } = texts('shop', [
    {
      name: 'redis',
      image: BROKER_IMAGE,
      cmd: ['sh', '/servers/redis.sh'],
      ports: { redis: 6379 },
      run: { directory: 'servers/redis', command: ['sh', 'run.sh'] },
    },
    worker('frozen', {}),
    worker('falling', { fallback: { failureThreshold: THRESHOLD, replicas: 4 } }),
  ])
  world.ground.write('app.yaml', model)
  world.ground.write('minipaas.yaml', overlay)
  await world.call('up', '-d', '--wait', '--speed', '20')
  const port = await world.forward('redis', 6379)
  await push(port)
  for (const name of ['frozen', 'falling']) await world.until(name, ({ replicas, ready }) => replicas === 2 && ready === 2)

  await world.call('stop', 'redis')
  // The fallback serves its number in place of a value, so that the size follows in syncs.
  const fallen = await world.until('falling', ({ replicas, ready }) => replicas === 4 && ready === 4)
  expect(fallen.conditions).toContainEqual(expect.objectContaining({ by: 'keda', type: 'Fallback', status: 'True' }))
  const { now } = await world.until('frozen', ({ triggers: [trigger] }) => trigger?.error !== undefined)
  // Well beyond the cool-down.
  const frozen = await world.until('frozen', (view) => view.now - now > 120_000)
  expect([frozen.replicas, frozen.ready]).toEqual([2, 2])
  expect(frozen.conditions).toContainEqual(expect.objectContaining({ by: 'keda', type: 'Ready', status: 'False', reason: 'TriggerError' }))
  expect(frozen.conditions).toContainEqual(expect.objectContaining({ by: 'hpa', type: 'ScalingActive', status: 'False' }))
  expect(frozen.triggers[0]?.error).toMatch(/redis/)
  expect(await world.call('explain', 'scale', 'frozen')).toContain(frozen.triggers[0]?.error)
  expect(await world.call('status')).toMatch(/s\d-redis-\S+ cannot be read: /)

  // It is back, with nothing in it.
  await world.call('start', 'redis')
  for (const name of ['frozen', 'falling']) await world.until(name, ({ replicas, ready }) => replicas === 0 && ready === 0)
}

/** Three things to do. */
function push(port: number): Promise<string> {
  return eventually(
    () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write('RPUSH jobs 1 2 3\r\n'))
        socket.once('error', reject).once('data', (chunk: Buffer) => {
          socket.destroy()
          resolve(String(chunk))
        })
        socket.once('close', () => reject(new Error('no answer')))
      }),
  )
}
