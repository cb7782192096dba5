import { expect, test } from '@jest/globals'
import { ControlWorld } from '../kit/control-world.ts'
import { application, applyStep, task, webservice } from '../kit/oam-text.ts'

const shop = (image = 'web:1', steps?: readonly string[]) =>
  application({ components: [webservice('web', image), task('migrate')], ...(steps === undefined ? {} : { steps }) })

test('a count that comes with the model holds from the first replica on', async () => {
  await using world = new ControlWorld()
  await world.up(shop(), { scale: { web: 3 } })
  await world.until(() => world.component('web').ready === 3)
  expect(world.component('web')).toMatchObject({ healthy: true, desired: 3 })
})

test('a count of zero starts nothing, and an edit of the model counts more', async () => {
  await using world = new ControlWorld()
  await world.up(shop(), { scale: { web: 0 } })
  await world.clock.advance(60_000)
  expect(world.events('replica.changed').filter(({ component }) => component === 'web')).toEqual([])
  world.files.write('/app.yaml', shop('web:2'))
  await world.until(() => world.component('web').ready === 1)
})

test('a component whose workflow step has not come yet has its count when it comes', async () => {
  await using world = new ControlWorld()
  await world.up(shop('web:1', ['{ type: suspend, name: approve }', applyStep('web')]), { scale: { web: 2 } })
  await world.until(() => world.app().phase === 'workflowSuspending')
  await world.environment.workflow({ do: 'resume', application: 'shop' })
  await world.until(() => world.component('web').ready === 2)
})

test.each([
  [{ wep: 2 }, 404, 'MP8004', 'no component "wep"', 'did you mean "web"?'],
  [{ queue: 2 }, 404, 'MP8004', 'no component "queue"', 'it has: migrate, web'],
  [{ migrate: 2 }, 409, 'MP8012', 'cannot be scaled', '"count"'],
])('%j is refused before anything happens', async (scale, status, code, message, next) => {
  await using world = new ControlWorld()
  await expect(world.up(shop(), { scale: scale as Record<string, number> })).rejects.toMatchObject({
    status,
    error: { code, message: expect.stringContaining(message), next: expect.stringContaining(next) },
  })
  expect(world.environment.view().applications).toEqual([])
})
