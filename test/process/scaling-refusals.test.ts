import { expect, test } from '@jest/globals'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

const application = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties: { image: web:1, ports: [{ port: 80, expose: true }] }
`
const QUEUE = `{ type: redis, name: jobs, metadata: { address: "redis:6379", listName: jobs } }`

const scaler = (spec: string, name = 'web-scaler'): string => `---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: ${name} }
spec:
  scaleTargetRef: { name: web }
${spec}`

const modifiers = `  triggers:
    - ${QUEUE}
  advanced:
    scalingModifiers:
      target: "2"
      formula: jbos * 2
`

const ofQueue = `  triggers:
    - ${QUEUE}
`
const idle = '  minReplicaCount: 2\n  idleReplicaCount: 2\n'
const cpu = `  minReplicaCount: 1
  triggers:
    - { type: cpu, metricType: Utilization, metadata: { value: "50" } }
`

test.each([
  [
    'a formula with a name that no trigger has',
    scaler(modifiers),
    'app.yaml:20:16',
    ['MP2516  formula, column 1: no trigger is named "jbos"', 'did you mean "jobs"?'],
  ],
  [
    'a cpu trigger without a request',
    scaler(cpu),
    'app.yaml:17:7',
    [
      "MP2515  the scaledobject has a cpu trigger but the container web doesn't have the cpu request defined",
      'give the container a request',
    ],
  ],
  [
    'an idle count that is not below the minimum',
    scaler(idle + ofQueue),
    'app.yaml:16:21',
    ['MP2512  IdleReplicaCount=2 must be less than MinReplicaCount=2', 'write 1 or less'],
  ],
  [
    'two scalers for one component',
    scaler(ofQueue) + scaler(ofQueue, 'other'),
    'app.yaml:20:19',
    [
      'MP2510  component "web" has two scalers: ScaledObject "web-scaler" and ScaledObject "other"',
      'ScaledObject "web-scaler" is here at app.yaml:12:19',
    ],
  ],
])('up refuses %s, and says where', async (_, documents, place, messages) => {
  await using world = new ScaledWorld(processGround())
  world.ground.write('app.yaml', application + documents)
  const { code, stderr } = await world.try('up', '-d')
  expect([code, stderr]).toEqual([3, expect.stringContaining(place)])
  for (const message of messages) expect(stderr).toContain(message)
})
