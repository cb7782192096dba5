import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { WebSocketServer } from 'ws'
import { ApiWorld } from '../kit/api-world.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { type AttackResults, attack } from './attack-page.ts'

const executablePath = process.env.MINIPAAS_CHROMIUM ?? '/usr/bin/chromium'
const profile = scratchDirectory()
let browser: BrowserContext
let hostile: Served
let world: ApiWorld
let page: Page

interface Served {
  readonly port: number
  /** `METHOD path` of each request and hand-shake. */
  readonly seen: string[]
  close(): Promise<void>
}

/** Answers every request and accepts every socket, as a server without any checks does. */
async function serveCarelessly(): Promise<Served> {
  const seen: string[] = []
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    response.setHeader('access-control-allow-methods', '*')
    response.setHeader('content-type', request.url === '/v1/environments' ? 'text/javascript' : 'text/html')
    response.end(request.url === '/v1/environments' ? '[]' : '<!doctype html><title>page</title>')
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (_socket, request) => seen.push(`WS ${request.url}`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

beforeAll(async () => {
  hostile = await serveCarelessly()
  browser = await chromium.launchPersistentContext(profile.path, {
    executablePath,
    headless: true,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--no-proxy-server', '--host-resolver-rules=MAP evil.example 127.0.0.1'],
    ],
  })
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await hostile?.close()
  profile[Symbol.dispose]()
})

beforeEach(async () => {
  world = await ApiWorld.open()
  world.environments.fake('shop')
  page = await browser.newPage()
})

afterEach(async () => {
  await page.close()
  await world.close()
})

const api = (host = '127.0.0.1') => `http://${host}:${world.port}`

/** Nothing was read, nothing was opened, nothing was done. */
function expectDefeat(results: AttackResults): void {
  for (const [name, result] of Object.entries(results))
    expect([name, result]).not.toEqual([name, expect.stringMatching(/^(read 2|open|loaded)/)])
  expect(world.shutdowns).toEqual([])
  expect(world.environments.names).toEqual(['shop'])
  expect(world.environments.fake('shop').calls).toEqual([])
  expect(world.internalErrors).toEqual([])
}

describe('a page in a real browser', () => {
  test('would succeed against a server without checks', async () => {
    const careless = await serveCarelessly()
    await page.goto(`http://127.0.0.1:${hostile.port}/page`)
    const results = await page.evaluate(attack, { target: `http://127.0.0.1:${careless.port}` })
    expect(results).toMatchObject({ get: 'read 200', 'post json': 'read 200', script: 'loaded', socket: 'open' })
    expect(careless.seen).toEqual(
      expect.arrayContaining(['GET /v1/environments', 'POST /v1/shutdown', 'WS /v1/environments/shop/events', 'GET /metrics']),
    )
    await careless.close()
  })

  test.each([
    ['another port of this machine', '127.0.0.1'],
    ['another site', 'evil.example'],
    ['the same name as a user types', 'localhost'],
  ])('from %s cannot read or drive the daemon', async (_name, host) => {
    for (const target of [api(), api('localhost')]) {
      await page.goto(`http://${host}:${hostile.port}/page`)
      expectDefeat(await page.evaluate(attack, { target }))
    }
  })

  test.each(['127.0.0.1', 'evil.example', 'localhost'])('from %s cannot even with the token', async (host) => {
    await page.goto(`http://${host}:${hostile.port}/page`)
    expectDefeat(await page.evaluate(attack, { target: api(), token: world.token }))
  })

  test('whose name was rebound to this machine is told nothing', async () => {
    for (const order of [{ target: api('evil.example') }, { target: api('evil.example'), token: world.token }]) {
      const answer = await page.goto(`${api('evil.example')}/v1/environments`)
      expect(answer?.status()).toBe(421)
      const results = await page.evaluate(attack, order)
      expectDefeat(results)
      // Same origin: the browser lets the page read, so the refusal itself is what protects.
      expect(results.get).toBe('read 421')
      expect(results['post json']).toBe('read 403')
    }
    expect(await page.evaluate(() => fetch('/v1/environments').then((response) => response.text()))).not.toContain('shop')
  })

  test('that the user opens at the address of the daemon shows nothing without the token', async () => {
    const answer = await page.goto(`${api()}/v1/environments`)
    expect(answer?.status()).toBe(401)
    expect(await page.content()).not.toContain('memory')
    const results = await page.evaluate(attack, { target: api() })
    expectDefeat(results)
    expect(results.get).toBe('read 401')
  })

  test('does not disturb a client that has the token', async () => {
    await page.goto(`http://evil.example:${hostile.port}/page`)
    await page.evaluate(attack, { target: api() })
    expect(await world.ask('/v1/environments')).toMatchObject({ status: 200, body: [{ environment: 'shop' }] })
  })
})
