import { expect, test } from '@jest/globals'
import { sampleDirectory } from '../kit/cli.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { eventually } from '../kit/eventually.ts'

const LIMIT = 180_000
const UP = ['up', '-d', '--engine', 'docker'] as const
const WAIT = ['--wait', '--wait-timeout', '120'] as const

/** Brings a sample up as containers, hands it to the check, takes it down and looks for what is left; then once more with all it keeps. */
async function runSample(
  sample: { readonly name: string; readonly images: readonly string[]; readonly up?: readonly string[] },
  check: (world: CliWorld) => Promise<void>,
): Promise<void> {
  const { name, images, up = WAIT } = sample
  await using world = new CliWorld({ directory: sampleDirectory(name) })
  await world.call(...UP, ...up)
  for (const image of images) expect([image, await world.engine.hasImage(image)]).toEqual([image, true])
  await check(world)
  await world.call('down')
  const volumes = await world.expectDown()
  for (const image of images) expect([image, await world.engine.hasImage(image)]).toEqual([image, true])

  await world.call(...UP)
  expect((await world.engine.all()).volumes).toEqual(expect.arrayContaining([...volumes]))
  await world.call('down', '-v', '--rmi', 'local')
  expect(await world.expectDown()).toEqual([])
  for (const image of images) expect([image, await world.engine.hasImage(image)]).toEqual([image, false])
  expect(await world.engine.images()).toEqual([])
}

/** The lines of `status` about one service, without indentation. */
async function serviceOf(world: CliWorld, name: string, namespace = 'default'): Promise<readonly string[]> {
  const status = await world.call('status')
  const blocks = status.split(/\n(?= {2}- Name: )/).map((block) => block.split('\n').map((line) => line.trim()))
  const found = blocks.find((lines) => lines.includes(`- Name: ${name}`) && lines.includes(`Namespace: ${namespace}`))
  if (found === undefined) throw new Error(`no service ${namespace}/${name} in:\n${status}`)
  return found
}

interface PsRow {
  readonly component: string
  readonly phase: string
  readonly restarts: number
}

/** `component phase restarts` of every replica, sorted. */
async function ps(world: CliWorld): Promise<readonly string[]> {
  const rows = JSON.parse(await world.call('ps', '--format', 'json')) as readonly PsRow[]
  return rows.map(({ component, phase, restarts }) => `${component} ${phase} ${restarts}`).sort()
}

test(
  'greeting: a webservice answers under the host of its gateway and under its own name',
  async () => {
    await runSample({ name: 'samples/oam/greeting', images: ['localhost/greeting-hello:1'] }, async (world) => {
      expect(await world.get('greeting.example.com', '/a')).toMatchObject({
        status: 200,
        text: expect.stringMatching(/^hello from hello-.* at \/a\n$/),
      })
      expect(await world.get('hello.greeting.localhost')).toMatchObject({ status: 200 })
      expect(await world.get('other.example.com')).toMatchObject({ status: 404 })
      expect(await serviceOf(world, 'hello')).toEqual(
        expect.arrayContaining(['Type: webservice', 'Health: ✅', 'Message: Ready:1/1', '✅ gateway', '✅ labels']),
      )
      expect(await ps(world)).toEqual(['hello ready 0'])
      expect(await world.call('logs', 'hello')).toContain('hello listens')
      const [container] = await world.engine.running('pod', 'hello')
      const { HostConfig } = await world.engine.docker.getContainer(container?.Id ?? '').inspect()
      expect([HostConfig.Memory, HostConfig.Init]).toEqual([64 * 1024 * 1024, true])
    })
  },
  LIMIT,
)

test(
  'orders: a sidecar sees volume and network of its replica, a worker reaches the service by its cloud name',
  async () => {
    await runSample({ name: 'samples/oam/orders', images: ['localhost/orders-frontend:1'] }, async (world) => {
      await eventually(async () => {
        const { text } = await world.get('frontend.orders.localhost')
        return (JSON.parse(text) as { readonly orders: number }).orders > 0 ? true : undefined
      })
      await eventually(async () => expect(await world.call('logs', 'clerk')).toMatch(/"orders":\d+/) ?? true)
      // Each replica has a log of its own, which begins with its first request.
      await eventually(async () => {
        const lines = await world.call('logs', 'frontend', '--container', 'count-log')
        for (const replica of ['frontend-0', 'frontend-1']) expect(lines).toMatch(new RegExp(`^${replica}/count-log +\\| GET /`, 'm'))
        return true
      })
      const last = ['tail', '-n', '1', '/var/log/frontend/access.log']
      expect(await world.call('exec', '--container', 'count-log', 'frontend', '--', ...last)).toMatch(/^GET \//)
      // The containers of a replica share its network.
      const within = ['exec', '--container', 'count-log', 'frontend', '--', 'wget', '-q', '-O-', 'http://127.0.0.1:8080/']
      expect(await world.call(...within)).toContain('"orders"')
      expect(await serviceOf(world, 'frontend')).toEqual(expect.arrayContaining(['Message: Ready:2/2', '✅ sidecar', '✅ scaler']))
      expect(await serviceOf(world, 'clerk')).toEqual(expect.arrayContaining(['Type: worker', 'Message: Ready:1/1', 'No trait applied']))
      expect(await ps(world)).toEqual(['clerk ready 0', 'frontend ready 0', 'frontend ready 0'])
    })
  },
  LIMIT,
)

test(
  'notes: tasks run one after the other and to their end before the service starts',
  async () => {
    await runSample({ name: 'samples/oam/notes', images: ['localhost/notes:1'] }, async (world) => {
      const { text } = await world.get('notes.notes.localhost')
      expect((JSON.parse(text) as readonly { readonly language: string }[]).map(({ language }) => language)).toEqual(['en', 'de', 'fr'])
      for (const task of ['create-schema', 'import-notes'])
        expect(await serviceOf(world, task)).toEqual(
          expect.arrayContaining(['Type: task', 'Health: ✅', 'Message: Active/Failed/Succeeded:0/0/1']),
        )
      expect(await world.call('logs', 'import-notes')).toContain('imported 3 notes')
      expect((await world.engine.all()).volumes).toHaveLength(1)
    })
  },
  LIMIT,
)

test(
  'stages: production comes only after the approval, with its override',
  async () => {
    const images = ['localhost/stages-web:1', 'localhost/stages-caller:1']
    await runSample({ name: 'samples/oam/stages', images, up: [] }, async (world) => {
      const stage = async (host: string): Promise<unknown> => (JSON.parse((await world.get(host)).text) as { readonly stage: string }).stage
      await eventually(async () => ((await world.call('status')).match(/Details: +workflowSuspending/) ? true : undefined), 60_000)
      expect(await stage('staging.example.com')).toBe('staging')
      expect(await world.get('www.example.com')).toMatchObject({ status: 404 })
      await world.call('workflow', 'resume', 'stages')
      await eventually(async () => ((await world.call('status')).match(/Details: +running\n/) ? true : undefined), 60_000)
      expect(await stage('www.example.com')).toBe('production')
      expect(await stage('staging.example.com')).toBe('staging')
      expect(await serviceOf(world, 'web', 'staging')).toContain('Message: Ready:1/1')
      expect(await serviceOf(world, 'web', 'production')).toContain('Message: Ready:3/3')
      // `http://web:8000` is the one of the caller's own namespace, whatever there is elsewhere.
      await eventually(async () => ((await world.call('logs', 'caller.production')).includes('called production') ? true : undefined))
      const staging = await world.call('logs', 'caller.staging')
      expect([staging.includes('called staging'), staging.includes('called production')]).toEqual([true, false])
    })
  },
  LIMIT,
)

test(
  'library: volumes, init container and variables are what the manifest says',
  async () => {
    const images = ['localhost/library:1', 'localhost/library-books:1']
    await runSample({ name: 'samples/oam/library', images }, async (world) => {
      const ask = async (): Promise<unknown> => JSON.parse((await world.get('library.library.localhost')).text)
      const expected = {
        greeting: 'welcome',
        debug: null,
        shelves: '12',
        hours: '9-17',
        hasKey: true,
        rules: 'Quiet, please.',
        books: ['Middlemarch', 'Moby-Dick'],
      }
      expect(await ask()).toEqual({ ...expected, starts: 1 })
      await world.call('restart', 'library')
      await eventually(async () => expect(await ask()).toEqual({ ...expected, starts: 2 }) ?? true, 30_000)
      expect(await world.call('exec', 'library', '--', 'node', '-p', 'process.env.OPENING_HOURS')).toBe('9-17\n')
      expect(await world.call('exec', 'library', '--', 'cat', '/etc/library/rules.txt')).toBe('Quiet, please.\n')
      expect(await world.call('logs', 'library', '--container', 'fetch-books')).toContain('2 books instead of http://books.example.com/all')
      const shown = (await world.call('config', '--format', 'json')) + (await world.call('explain', 'library'))
      const engine = JSON.stringify(await world.engine.docker.listContainers({ all: true }))
      expect(shown + engine).not.toContain('local-only-not-a-real-key')
    })
  },
  LIMIT,
)

test(
  'shop: the page shows what the internal catalog serves and the worker ships what is ordered',
  async () => {
    const images = ['migrate', 'catalog', 'worker', 'web'].map((name) => `ghcr.io/example/shop-${name}:1.4.0`)
    await runSample({ name: 'samples/shop', images }, async (world) => {
      expect(await world.get('shop.localhost')).toMatchObject({ status: 200, text: expect.stringContaining('The shop') })
      expect(await world.get('shop.localhost', '/orders', 'product=lamp')).toMatchObject({ status: 303 })
      await eventually(async () => ((await world.get('shop.localhost')).text.includes('shipped') ? true : undefined))
      expect(await world.call('logs', 'worker')).toContain('shipped order 1 (lamp)')
      expect(await serviceOf(world, 'migrate')).toContain('Message: Active/Failed/Succeeded:0/0/1')
      expect(await serviceOf(world, 'web')).toContain('Message: Ready:2/2')
      expect(await ps(world)).toEqual(['catalog ready 0', 'web ready 0', 'web ready 0', 'worker ready 0'])
      expect(await world.call('exec', 'catalog', '--', 'wget', '-q', '-O-', 'http://127.0.0.1:8080/healthz')).toBe('{"status":"ok"}')
    })
  },
  LIMIT,
)
