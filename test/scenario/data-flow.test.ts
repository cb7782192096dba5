import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const producer = (valueFrom: string) => webservice('db', 'db:1', `outputs: [{ name: address, valueFrom: '${valueFrom}' }]`)
const consumer = `{ name: api, type: webservice, properties: { image: "api:1", env: [{ name: DB, value: none }], ports: [{ port: 80 }] }, inputs: [{ from: address, parameterKey: "env[0].value" }] }`
const env = (world: ControlWorld) => JSON.stringify(world.environment.explain('api').resolved)

test('a component must wait for the output that it takes, and get its value', async () => {
  await using world = new ControlWorld({ db: { readyMs: 3000 } })
  await world.up(application({ components: [producer('output.metadata.name + ".default:8080"'), consumer] }))
  await world.clock.advance(2000)
  expect(world.component('api')).toMatchObject({ applied: false, replicas: [] })
  await world.until(() => world.app().phase === 'running')
  expect(env(world)).toContain('"value":"db.default:8080"')
})

test('an output may read the live status of the object, and a value that does not fit where it goes must fail the step', async () => {
  const read = (key: string) =>
    application({ components: [producer('output.status.readyReplicas'), consumer.replace('env[0].value', key)] })
  await using world = new ControlWorld()
  await world.up(read('livenessProbe.periodSeconds').replace('ports: [{ port: 80 }]', 'livenessProbe: { tcpSocket: { port: 80 } }'))
  await world.until(() => world.app().phase === 'running')
  expect(env(world)).toContain('"everyMs":1000')
  await world.up(read('annotations.ready'))
  await world.until(() => world.app().phase === 'workflowFailed')
  expect(world.app().workflow.steps.find(({ name }) => name === 'api')).toMatchObject({
    phase: 'failed',
    message: 'api: "annotations.ready" must be text, found the number 1',
  })
})

test('values must also pass inside a deploy step, in each namespace of its own', async () => {
  await using world = new ControlWorld()
  const topology = (name: string) => `{ name: ${name}, type: topology, properties: { namespace: ${name} } }`
  await world.up(
    application({
      components: [producer('output.metadata.namespace'), consumer],
      policies: [topology('one')],
      steps: ['{ name: ship, type: deploy, properties: { policies: [one] } }'],
    }),
  )
  await world.until(() => world.app().phase === 'running')
  expect(JSON.stringify(world.environment.explain('api.one').resolved)).toContain('"value":"one"')
})

test('a step output must reach a later step', async () => {
  await using world = new ControlWorld()
  await world.up(
    application({
      components: [webservice('db'), consumer.replace(/, inputs.*\}\] \}$/, ' }')],
      steps: [
        '{ name: first, type: apply-component, properties: { component: db }, outputs: [{ name: where, valueFrom: output.metadata.name }] }',
        `{ name: second, type: apply-component, if: 'inputs.where == "db"', properties: { component: api }, inputs: [{ from: where, parameterKey: note }] }`,
      ],
    }),
  )
  await world.until(() => world.app().workflow.finished)
  expect(world.app().workflow.steps.map(({ name, phase }) => `${name} ${phase}`)).toEqual(['first succeeded', 'second succeeded'])
})

test('an edit of the producer must bring its new value to the consumer', async () => {
  await using world = new ControlWorld()
  const text = (name: string) => application({ components: [producer(`output.metadata.name + "${name}"`), consumer] })
  await world.up(text('-a'))
  await world.until(() => world.app().phase === 'running')
  const before = world.replicas('api')
  await world.up(text('-b'))
  await world.until(() => world.app().phase === 'running' && world.app().revision === 'shop-v2')
  expect(env(world)).toContain('"value":"db-b"')
  expect(world.replicas('api')).not.toEqual(before)
})
