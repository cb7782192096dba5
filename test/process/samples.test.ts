import { expect, test } from '@jest/globals'
import {
  type CallSettings,
  daemonLog,
  expectNothingLeft,
  get,
  type Home,
  minipaas,
  sampleDirectory,
  webPort,
  withHome,
} from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'

/** Brings a sample up, hands it to the check, takes it down and looks for what is left, on the process engine through the built command line. */
async function runSample(name: string, up: readonly string[], check: (running: Running) => Promise<void>): Promise<void> {
  await using home = withHome()
  const settings = { cwd: sampleDirectory(name), env: home.env }
  await expectSuccess(home, await minipaas(['up', '-d', ...up], settings))
  await check({ settings, port: await webPort(settings), status: async () => (await minipaas(['status'], settings)).stdout })
  await expectSuccess(home, await minipaas(['down', '-v'], settings))
  await expectNothingLeft(home.path)
}

interface Running {
  readonly settings: CallSettings
  readonly port: number
  readonly status: () => Promise<string>
}

async function expectSuccess(home: Home, called: Awaited<ReturnType<typeof minipaas>>): Promise<void> {
  if (called.code !== 0) throw new Error(`exit code ${called.code}\n${called.stdout}${called.stderr}${daemonLog(home.path)}`)
}

/** The lines of `status` about one service, without indentation. */
function serviceOf(status: string, name: string, namespace = 'default'): readonly string[] {
  const blocks = status.split(/\n(?= {2}- Name: )/).map((block) => block.split('\n').map((line) => line.trim()))
  const found = blocks.find((lines) => lines.includes(`- Name: ${name}`) && lines.includes(`Namespace: ${namespace}`))
  if (found === undefined) throw new Error(`no service ${namespace}/${name} in:\n${status}`)
  return found
}

const waiting = ['--wait', '--wait-timeout', '45']

test('greeting: a webservice answers under the host of its gateway and under its own name', async () => {
  await runSample('samples/oam/greeting', waiting, async ({ port, status }) => {
    expect(await get(port, 'greeting.example.com', '/a')).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^hello from hello--.* at \/a\n$/),
    })
    expect(await get(port, 'hello.greeting.localhost')).toMatchObject({ status: 200 })
    expect(await get(port, 'other.example.com')).toMatchObject({ status: 404 })
    const text = await status()
    expect(text).toMatch(/Details: +running\n/)
    expect(serviceOf(text, 'hello')).toEqual(
      expect.arrayContaining(['Type: webservice', 'Health: ✅', 'Message: Ready:1/1', '✅ gateway', '✅ labels']),
    )
  })
}, 90_000)

test('orders: a sidecar sees volume and network of its replica, a worker reaches the service by its cloud name', async () => {
  await runSample('samples/oam/orders', waiting, async ({ settings, port, status }) => {
    await eventually(async () => {
      const { text } = await get(port, 'frontend.orders.localhost')
      const answer = JSON.parse(text) as { readonly orders: number; readonly counted: number }
      return answer.orders > 0 && answer.counted > 0 ? true : undefined
    })
    expect((await minipaas(['logs', 'clerk'], settings)).stdout).toContain('took order')
    const text = await status()
    expect(serviceOf(text, 'frontend')).toEqual(expect.arrayContaining(['Message: Ready:2/2', '✅ sidecar', '✅ scaler']))
    expect(serviceOf(text, 'clerk')).toEqual(expect.arrayContaining(['Type: worker', 'Message: Ready:1/1', 'No trait applied']))
    expect((await minipaas(['explain', 'clerk'], settings)).stdout).toMatch(
      /FRONTEND_URL.*http:\/\/frontend:8080.*http:\/\/127\.0\.0\.1:\d+/s,
    )
  })
}, 90_000)

test('notes: tasks run one after the other and to their end before the service starts', async () => {
  await runSample('samples/oam/notes', waiting, async ({ port, status }) => {
    const { text } = await get(port, 'notes.notes.localhost')
    expect((JSON.parse(text) as readonly { readonly language: string }[]).map(({ language }) => language)).toEqual(['en', 'de', 'fr'])
    const shown = await status()
    for (const task of ['create-schema', 'import-notes'])
      expect(serviceOf(shown, task)).toEqual(expect.arrayContaining(['Type: task', 'Health: ✅', 'Message: Active/Failed/Succeeded:0/0/1']))
  })
}, 90_000)

test('stages: production comes only after the approval, with its override', async () => {
  await runSample('samples/oam/stages', [], async ({ settings, port, status }) => {
    const stage = async (host: string): Promise<unknown> => (JSON.parse((await get(port, host)).text) as { readonly stage: string }).stage
    await eventually(async () => ((await status()).match(/Details: +workflowSuspending/) ? true : undefined))
    expect(await stage('staging.example.com')).toBe('staging')
    expect(await get(port, 'www.example.com')).toMatchObject({ status: 404 })
    expect(await status()).toContain('message: look at staging, then resume')
    expect((await minipaas(['workflow', 'resume', 'stages'], settings)).code).toBe(0)
    await eventually(async () => ((await status()).match(/Details: +running\n/) ? true : undefined), 30_000)
    expect(await stage('www.example.com')).toBe('production')
    expect(await stage('staging.example.com')).toBe('staging')
    const text = await status()
    expect(serviceOf(text, 'web', 'staging')).toContain('Message: Ready:1/1')
    expect(serviceOf(text, 'web', 'production')).toContain('Message: Ready:3/3')
    expect(text).toContain('message: logged, not sent to slack')
    await eventually(async () =>
      (await minipaas(['logs', 'caller.production'], settings)).stdout.includes('called production') ? true : undefined,
    )
  })
}, 90_000)

test('library: volumes, init container and variables are what the manifest says', async () => {
  await runSample('samples/oam/library', waiting, async ({ settings, port, status }) => {
    expect(await status()).toMatch(/library: approximated: a volume is a directory .* MINIPAAS_MOUNT_<NAME>/)
    const ask = async (): Promise<unknown> => JSON.parse((await get(port, 'library.library.localhost')).text)
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
    expect((await minipaas(['restart', 'library'], settings)).code).toBe(0)
    await eventually(async () => expect(await ask()).toEqual({ ...expected, starts: 2 }) ?? true)
    expect((await minipaas(['exec', 'library', '--', 'node', '-p', 'process.env.OPENING_HOURS'], settings)).stdout).toBe('9-17\n')
    const shown =
      (await minipaas(['config', '--format', 'json'], settings)).stdout + (await minipaas(['explain', 'library'], settings)).stdout
    expect(shown).not.toContain('local-only-not-a-real-key')
  })
}, 90_000)

test('shop: the page shows what the internal catalog serves and the worker ships what is ordered', async () => {
  await runSample('samples/shop', waiting, async ({ port, status }) => {
    const page = await get(port, 'shop.localhost')
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining('The shop') })
    expect(await get(port, 'shop.localhost', '/orders', 'product=lamp')).toMatchObject({ status: 303 })
    await eventually(async () => ((await get(port, 'shop.localhost')).text.includes('shipped') ? true : undefined))
    const text = await status()
    expect(serviceOf(text, 'migrate')).toContain('Message: Active/Failed/Succeeded:0/0/1')
    expect(serviceOf(text, 'web')).toContain('Message: Ready:2/2')
  })
}, 90_000)
