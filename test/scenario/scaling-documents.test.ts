import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const scaledObject = `---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web-scaler }
spec:
  scaleTargetRef: { name: web }
  maxReplicaCount: 7
  triggers:
    - { type: http, metadata: { target: "10" } }
`

const keep = '{ name: keep, type: apply-once, properties: { enable: true, rules: [{ strategy: { path: [spec.replicas] } }] } }'

test('the policy of a document must be on the component, with the line that put it there', async () => {
  await using world = new ControlWorld()
  await world.up(application({ components: [webservice('web')], policies: [keep] }) + scaledObject)
  await world.until(() => world.app().phase === 'running')
  expect(world.component('web').replicas).toHaveLength(1)
  const { resolved, provenance } = world.environment.explain('web')
  expect(resolved).toMatchObject({ scale: { name: 'web-scaler', min: 0, max: 7, triggers: [{ name: 's0-http-concurrency', target: 10 }] } })
  const maximum = provenance.find(({ path }) => path.join('.') === 'scale.max')
  expect(maximum).toMatchObject({ by: 'ScaledObject "web-scaler"', origin: { path: ['spec', 'maxReplicaCount'] }, line: 15 })
})
