import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../src/kernel/fault.ts'
import type { ImageRecord } from '../../src/wire/answers.ts'
import { type ImagesRequest, imagesRequest } from '../../src/wire/requests.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const SHOP = application({ components: [webservice('web', 'shop/web:1')] })
const BUILT = 'components: { web: { build: { context: web } } }\n'
const ask = (world: ControlWorld) => world.engine.request('test', { host: 'web.shop.localhost', path: '/' })
const broken: Fault = { kind: 'invalid', code: 'MP4310', message: 'the build failed at step 2/3', next: 'correct it', retry: 'never' }
const unreachable: Fault = {
  kind: 'unavailable',
  code: 'MP4305',
  message: 'its registry cannot be reached',
  next: 'connect',
  retry: 'never',
}

const running = (world: ControlWorld): Promise<void> => world.until(() => world.component('web').healthy && world.app().phase === 'running')
const steps = (world: ControlWorld, action: string): readonly string[] =>
  world.events('step.started').flatMap((event) => (event.action === action ? [event.group ?? ''] : []))
const reasons = (world: ControlWorld): readonly string[] => world.component('web').holds.map(({ reason }) => reason)

/** The shop with a build of its own in the overlay. */
async function builtShop(images: NonNullable<ConstructorParameters<typeof ControlWorld>[1]>['images'] = {}): Promise<ControlWorld> {
  const world = new ControlWorld({ web: { readyMs: 1000 } }, { images })
  world.files.texts.set('/minipaas.yaml', BUILT)
  return world
}

test('an image is built when it is missing, and not again until somebody asks for it', async () => {
  await using world = await builtShop()
  await world.up(SHOP)
  await running(world)
  expect(steps(world, 'buildImage')).toEqual(['shop/web:1'])
  const first = world.replicas('web')
  await world.up(SHOP)
  await world.clock.advance(60_000)
  expect(steps(world, 'buildImage')).toHaveLength(1)
  expect(world.replicas('web')).toEqual(first)
})

test('a new build must reach the replicas by a rolling update, during which no request fails', async () => {
  await using world = await builtShop({ tookMs: 5000 })
  await world.up(SHOP)
  await running(world)
  const first = world.replicas('web')
  await world.up(SHOP, { build: true })
  expect(reasons(world)).toEqual(['renewal'])
  expect(world.replicas('web')).toEqual(first)
  for (let second = 0; second < 10; second++) {
    await world.clock.advance(1000)
    expect(await ask(world)).toMatchObject({ status: 200 })
  }
  await running(world)
  const second = world.replicas('web')
  expect(second).not.toEqual(first)
  expect(reasons(world)).toEqual([])
  // The same sources give the same image, and nothing moves.
  world.engine.images?.behave({ build: () => 'built-2' })
  await world.up(SHOP, { build: true })
  await world.clock.advance(60_000)
  expect(steps(world, 'buildImage')).toHaveLength(3)
  expect(world.replicas('web')).toEqual(second)
  // Back to what there was first: that is the first revision again.
  world.engine.images?.behave({ build: () => 'built-1' })
  await world.up(SHOP, { build: true })
  await world.until(() => world.replicas('web').join() === first.join())
  expect(await ask(world)).toMatchObject({ status: 200 })
})

test('a build that fails must leave the old revision serving, say why, and wait for the next up', async () => {
  await using world = await builtShop()
  await world.up(SHOP)
  await running(world)
  const first = world.replicas('web')
  world.engine.images?.behave({ build: () => broken })
  await world.up(SHOP, { build: true })
  await world.clock.advance(600_000)
  expect(steps(world, 'buildImage')).toHaveLength(2)
  expect(world.replicas('web')).toEqual(first)
  expect(await ask(world)).toMatchObject({ status: 200 })
  expect(world.component('web').holds).toMatchObject([
    { reason: 'image', on: ['build shop/web:1: the build failed at step 2/3 (MP4310)'], next: 'correct it' },
  ])
  // What is lost meanwhile is brought back from the old image.
  world.engine.lose('test', first[0] ?? world.replicas('web')[0] ?? ('' as never))
  await world.until(() => world.component('web').ready === 1)
  expect(world.replicas('web')).toEqual(first)
  world.engine.images?.behave({})
  await world.up(SHOP, { build: true })
  await world.until(() => world.component('web').healthy && world.replicas('web').join() !== first.join())
  expect(reasons(world)).toEqual([])
})

test('a first build that fails starts nothing, not even from an older image of that name', async () => {
  await using world = await builtShop({ build: () => broken })
  world.engine.images?.set('shop/web:1', 'old')
  await world.up(SHOP, { build: true })
  await world.clock.advance(600_000)
  expect(world.component('web').replicas).toEqual([])
  expect(reasons(world)).toEqual(['image'])
  // Who does not ask for a build gets what is here.
  await world.up(SHOP)
  await running(world)
})

test.each([
  ['built', BUILT],
  ['pulled', ''],
])('an image that is %s changes what runs only with an up, whatever others do with its name', async (_how, overlay) => {
  await using world = await builtShop()
  world.files.texts.set('/minipaas.yaml', overlay)
  await world.up(SHOP)
  await running(world)
  const first = world.replicas('web')
  world.engine.images?.set('docker.io/shop/web:1', 'made by another project')
  await world.clock.advance(60_000)
  expect(world.replicas('web')).toEqual(first)
  await world.up(SHOP)
  await world.until(() => world.component('web').healthy && world.replicas('web').join() !== first.join())
  expect([...steps(world, 'buildImage'), ...steps(world, 'pullImage')]).toEqual(['shop/web:1'])
})

test('whatever takes the place of an image that is gone is what there is to run', async () => {
  await using world = await builtShop()
  world.files.texts.delete('/minipaas.yaml')
  await world.up(SHOP)
  await running(world)
  const [first] = world.replicas('web')
  world.engine.images?.set('shop/web:1', undefined)
  await world.clock.advance(60_000)
  expect(world.replicas('web')).toEqual([first])
  world.engine.images?.set('shop/web:1', 'loaded')
  await world.until(() => world.component('web').healthy && !world.replicas('web').includes(first ?? ('' as never)))
})

test('an image with the policy "always" is pulled once for each up, and not for a restart', async () => {
  await using world = new ControlWorld({}, { images: { pull: () => 'same' } })
  const text = application({ components: [webservice('web', 'nginx')] })
  const environment = await world.up(text)
  await running(world)
  expect(steps(world, 'pullImage')).toEqual(['nginx'])
  const first = world.replicas('web')
  await environment.command({ do: 'restart', components: [] })
  await world.clock.advance(60_000)
  world.engine.crash('test', first[0] ?? ('' as never))
  await world.clock.advance(60_000)
  expect(steps(world, 'pullImage')).toHaveLength(1)
  await world.up(text)
  await running(world)
  expect(steps(world, 'pullImage')).toHaveLength(2)
  expect(world.replicas('web')).toEqual(first)
  world.engine.images?.behave({ pull: () => 'newer' })
  await world.up(text)
  await world.until(() => world.component('web').healthy && world.replicas('web').join() !== first.join())
  // The file is read again when it changes: that asks no registry.
  world.files.write('/app.yaml', `${text}# edited\n`)
  await world.clock.advance(60_000)
  expect(steps(world, 'pullImage')).toHaveLength(3)
})

test('without a registry what is here must run, with the reason in status', async () => {
  await using world = new ControlWorld({}, { images: { pull: () => unreachable } })
  world.engine.images?.set('nginx', 'here')
  await world.up(application({ components: [webservice('web', 'nginx')] }))
  await running(world)
  expect(world.component('web').holds).toMatchObject([
    { reason: 'not-renewed', on: ['pull nginx: its registry cannot be reached (MP4305)'] },
  ])
  expect(world.events('step.failed')).toMatchObject([{ action: 'pullImage', group: 'nginx', bestEffort: true }])
  expect(await ask(world)).toMatchObject({ status: 200 })
})

test('a missing image that no registry gives is one hold, and runs as soon as somebody loads it', async () => {
  await using world = new ControlWorld({}, { images: { pull: () => unreachable } })
  await world.up(SHOP)
  await world.clock.advance(600_000)
  expect(steps(world, 'pullImage')).toHaveLength(1)
  expect(world.component('web').holds).toMatchObject([
    { reason: 'image', on: ['pull shop/web:1: its registry cannot be reached (MP4305)'], next: 'connect' },
  ])
  world.engine.images?.set('shop/web:1', 'loaded')
  await running(world)
  expect(reasons(world)).toEqual([])
})

test('up --pull replaces the policies of the model', async () => {
  await using world = new ControlWorld({}, { images: {} })
  world.engine.images?.set('nginx', 'here')
  world.engine.images?.set('shop/web:1', 'here')
  const text = application({ components: [webservice('web', 'shop/web:1'), webservice('proxy', 'nginx')] })
  await world.up(text, { pull: 'missing' })
  await running(world)
  expect(steps(world, 'pullImage')).toEqual([])
  await world.up(text, { pull: 'always' })
  await world.clock.advance(60_000)
  expect([...steps(world, 'pullImage')].sort()).toEqual(['nginx', 'shop/web:1'])
  await world.up(application({ components: [webservice('web', 'shop/web:2')] }), { pull: 'never' })
  await world.clock.advance(60_000)
  expect(world.component('web').holds).toMatchObject([{ reason: 'image', on: [expect.stringContaining('"never"')] }])
  expect(steps(world, 'pullImage')).toHaveLength(2)
})

test('several images are pulled side by side', async () => {
  await using world = new ControlWorld({}, { images: { tookMs: 10_000 } })
  const from = world.clock.now()
  await world.up(application({ components: ['a', 'b', 'c'].map((name) => webservice(name)) }))
  await world.until(() => world.app().phase === 'running')
  expect(world.clock.now() - from).toBeLessThan(12_000)
})

test('a daemon that takes over makes no image again and keeps what runs', async () => {
  await using world = await builtShop()
  await world.up(SHOP)
  await running(world)
  await world.up(SHOP, { build: true })
  await world.clock.advance(60_000)
  const second = world.replicas('web')
  await world.restartDaemon()
  await world.clock.advance(60_000)
  expect(steps(world, 'buildImage')).toHaveLength(2)
  expect(world.replicas('web')).toEqual(second)
  // The image itself may even be gone by now.
  world.engine.images?.set('shop/web:1', undefined)
  await world.restartDaemon()
  await world.clock.advance(60_000)
  expect(world.replicas('web')).toEqual(second)
})

test('down --rmi local takes images that were built for the environment, and leaves those of registries', async () => {
  await using world = await builtShop()
  const names = () => world.engine.images?.list.map(({ name }) => name)
  world.files.texts.set('/minipaas.yaml', 'components: { web: { build: { context: web } }, old: { build: { context: old } } }\n')
  await world.up(application({ components: [webservice('web', 'shop/web:1'), webservice('old', 'shop/old:1')] }))
  await world.until(() => world.app().phase === 'running')
  world.files.texts.set('/minipaas.yaml', BUILT)
  await world.up(application({ components: [webservice('web', 'shop/web:1'), webservice('cache', 'redis:7')] }))
  await world.until(() => world.app().phase === 'running')
  expect(names()).toEqual(['docker.io/library/redis:7', 'docker.io/shop/old:1', 'docker.io/shop/web:1'])
  await world.restartDaemon()
  await world.until(() => world.app().phase === 'running')
  await world.environment.down({ applications: [], volumes: false, images: 'local' })
  await world.until(() => world.events('app.removed').length === 1)
  // Also what the model does not name any more.
  expect(names()).toEqual(['docker.io/library/redis:7'])
})

test('down without --rmi leaves images, and so does the end of one of two applications that share one', async () => {
  await using world = await builtShop()
  const names = () => world.engine.images?.list.map(({ name }) => name)
  world.files.texts.set('/post.yaml', application({ name: 'post', components: [webservice('mail', 'shop/web:1')] }))
  await world.up(SHOP)
  await world.up(SHOP, { files: [{ path: '/app.yaml' }, { path: '/post.yaml' }] })
  await world.until(() => world.app().phase === 'running' && world.app('post').phase === 'running')
  await world.environment.down({ applications: ['shop'], volumes: false, images: 'local' })
  await world.until(() => world.events('app.removed').length === 1)
  expect(names()).toEqual(['docker.io/shop/web:1'])
  await world.environment.down({ applications: [], volumes: false, images: 'none' })
  await world.until(() => world.events('app.removed').length === 2)
  expect(names()).toEqual(['docker.io/shop/web:1'])
})

describe('pull and build without up', () => {
  const nobody = new AbortController().signal

  async function order(world: ControlWorld, request: Partial<ImagesRequest>, signal = nobody): Promise<readonly ImageRecord[]> {
    world.files.texts.set('/app.yaml', application({ components: [webservice('web', 'shop/web:1'), webservice('proxy', 'nginx')] }))
    const records: ImageRecord[] = []
    const environment = await world.environments.open('test')
    const whole = imagesRequest.parse({ do: 'build', files: [{ path: '/app.yaml' }], directory: '/', ...request })
    let ended = false
    const work = environment
      .images(whole, (record) => records.push(record), signal)
      .finally(() => {
        ended = true
      })
    work.catch(() => undefined)
    await world.clock.advance(0)
    if (!ended) await world.until(() => ended)
    await work
    return records
  }
  const last = (records: readonly ImageRecord[]): Readonly<Record<string, string>> =>
    Object.fromEntries(records.map(({ ref, state, text }) => [ref, `${state}: ${text}`]))

  test('makes what the model says and starts nothing', async () => {
    await using world = await builtShop({ tookMs: 1000 })
    expect(last(await order(world, { do: 'build' }))).toEqual({ 'shop/web:1': 'done: Built', nginx: 'skipped: Not built here' })
    expect(last(await order(world, { do: 'pull' }))).toEqual({ 'shop/web:1': 'skipped: Built here', nginx: 'done: Pulled' })
    expect(last(await order(world, { do: 'pull', components: ['proxy'] }))).toEqual({ nginx: 'done: Pulled' })
    expect(world.engine.images?.list.map(({ name }) => name)).toEqual(['docker.io/library/nginx:latest', 'docker.io/shop/web:1'])
    expect(world.environment.view().applications).toEqual([])
    expect(world.environments.idle()).toBe(true)
  })

  test('reports what fails with its reason, and goes on with the rest', async () => {
    await using world = await builtShop({ build: ({ image }) => (image.ref === 'shop/web:1' ? broken : 'built') })
    world.files.texts.set('/minipaas.yaml', 'components: { web: { build: { context: web } }, proxy: { build: { context: proxy } } }\n')
    const records = await order(world, { do: 'build' })
    expect(last(records)).toEqual({ 'shop/web:1': `failed: ${broken.message}`, nginx: 'done: Built' })
    expect(records.find(({ state }) => state === 'failed')?.failure).toEqual({ code: 'MP4310', message: broken.message, next: broken.next })
  })

  test('refuses an unknown component and an engine without images', async () => {
    await using world = await builtShop()
    await expect(order(world, { components: ['wep'] })).rejects.toMatchObject({ status: 404, error: { code: 'MP8004' } })
    await using other = new ControlWorld()
    await expect(order(other, {})).rejects.toMatchObject({ status: 409, error: { code: 'MP4007' } })
  })

  test('is given up with its caller', async () => {
    await using world = await builtShop({ tookMs: 60_000 })
    const stop = new AbortController()
    const work = order(world, { do: 'build' }, stop.signal)
    work.catch(() => undefined)
    await world.clock.advance(1000)
    stop.abort(new Error('the client left'))
    await expect(work).rejects.toThrow('the client left')
    expect(world.engine.images?.list).toEqual([])
  })

  test('a build moves what runs to the new image, a pull waits for the next up', async () => {
    await using world = await builtShop()
    await world.up(application({ components: [webservice('web', 'shop/web:1'), webservice('proxy', 'nginx')] }), { pull: 'missing' })
    await world.until(() => world.app().phase === 'running')
    const [web, proxy] = [world.replicas('web'), world.replicas('proxy')]
    await order(world, { do: 'build' })
    await world.until(() => world.component('web').healthy && world.replicas('web').join() !== web.join())
    await order(world, { do: 'pull' })
    await world.clock.advance(60_000)
    expect(world.replicas('proxy')).toEqual(proxy)
    await world.up(application({ components: [webservice('web', 'shop/web:1'), webservice('proxy', 'nginx')] }), { pull: 'missing' })
    await world.until(() => world.component('proxy').healthy && world.replicas('proxy').join() !== proxy.join())
  })
})
