import { expect, test } from '@jest/globals'
import { applicationText, nodeComponent } from '../kit/docker/application-text.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { eventually } from '../kit/eventually.ts'

const HOST = 'web.shop.localhost'
const PROGRAM = `
  const server = require('node:http').createServer((_, response) => response.end(String(process.pid) + ' ' + process.env.HOSTNAME))
  server.listen(8080)
  process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

const scaledToZero = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'web' },
  spec: {
    scaleTargetRef: { name: 'web' },
    pollingInterval: 1,
    cooldownPeriod: 1,
    minReplicaCount: 0,
    maxReplicaCount: 1,
    triggers: [{ type: 'http', metadata: { target: '10' } }],
  },
}

test('a replica that stands by is a paused container, which answers the request that wakes the component; another one takes its place', async () => {
  await using world = new CliWorld()
  world.write(
    'app.yaml',
    applicationText('shop', [nodeComponent({ name: 'web', program: PROGRAM, ports: [8080], readyPath: '/' })], scaledToZero),
  )
  world.write('minipaas.yaml', 'models: [app.yaml]\ncomponents:\n  web:\n    scale: { standby: 1 }\n')
  await world.up()

  const standby = async (): Promise<string | undefined> => {
    const { desired, healthy, replicas } = await world.component('web')
    const [only] = replicas
    return desired === 0 && healthy && replicas.length === 1 && only?.phase === 'standby' ? only.id : undefined
  }
  const first = await eventually(standby, 60_000)
  expect(await paused(world)).toBe(1)

  expect(await world.get(HOST)).toMatchObject({ status: 200 })
  const { replicas } = await world.component('web')
  expect(replicas.find(({ phase }) => phase === 'ready')?.id).toBe(first)
  // The one that served goes to sleep, and the one that took its place stays.
  const second = await eventually(async () => {
    const now = await standby()
    return now === first ? undefined : now
  }, 60_000)
  expect(await paused(world)).toBe(1)

  expect(await world.get(HOST)).toMatchObject({ status: 200 })
  expect((await world.component('web')).replicas.find(({ phase }) => phase === 'ready')?.id).toBe(second)
  await world.call('down', '-v')
  expect(await world.expectDown()).toEqual([])
}, 240_000)

async function paused({ engine }: CliWorld): Promise<number> {
  const containers = await engine.docker.listContainers({ filters: { status: ['paused'] } })
  return containers.length
}
