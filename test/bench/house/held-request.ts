import { type ChildProcess, spawn } from 'node:child_process'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import { firstAnswer } from '../first-answer.ts'
import { type Goal, interleave, median } from '../harness.ts'
import { BenchPlace } from './place.ts'

export const SERVER = `require('node:http').createServer((request, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1')\n`
const APPLICATION = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: ghcr.io/example/web:1.4.0
        ports:
          - port: 8000
`
const OVERLAY = `models: [app.yaml]
components:
  web:
    run:
      directory: web
      command: ["${process.execPath}", server.js]
`
const HOST = 'web.shop.localhost'
const LIMIT_MS = 20_000

/**
 * The first request to a component that is stopped, from the order to start it to the first byte of the answer, against the
 * start of the same server by hand with a client that tries to connect each millisecond. Goal: 1.2.
 */
export async function measureHeldRequest(rounds = 25): Promise<readonly Goal[]> {
  using place = new BenchPlace()
  place.write({ 'app.yaml': APPLICATION, 'minipaas.yaml': OVERLAY, 'web/server.js': SERVER })
  place.cli('up', '-d', '--wait')
  const edge = await webPort(place)
  const sides = { held: () => heldRequest(place, edge), bare: () => bareRequest(place) }
  const measured = await interleave(sides, { rounds, warmUp: 3 })
  const [ours, bare] = [median(measured.held), median(measured.bare)]
  const detail = `${ours.toFixed(1)} ms, ${bare.toFixed(1)} ms`
  return [{ name: 'held first request / node server.js', value: ours / bare, atMost: 1.2, detail }]
}

async function webPort(place: BenchPlace): Promise<number> {
  const view = JSON.stringify(await ask(place, 'GET', API_ROUTES.environment('shop')))
  return Number(new RegExp(`${HOST.replaceAll('.', '\\.')}:(\\d+)`).exec(view)?.[1])
}

/** The command and the request leave together; a request that is there before the command has an effect is refused, and comes again. */
async function heldRequest(place: BenchPlace, edge: number): Promise<number> {
  await command(place, 'stop')
  await until(async () => (await replicaCount(place)) === 0)
  await systemClock.sleep(300)
  const began = performance.now()
  const ordered = command(place, 'start')
  await firstAnswer(edge, HOST)
  const took = performance.now() - began
  await ordered
  return took
}

/** The same server by hand, from its start to the first byte. */
export async function bareRequest(place: BenchPlace): Promise<number> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, ['server.js'], {
    cwd: join(place.project, 'web'),
    env: { ...place.environment, PORT: String(port) },
    stdio: 'ignore',
  })
  await firstAnswer(port, '127.0.0.1')
  const took = performance.now() - began
  await ended(child)
  return took
}

async function command(place: BenchPlace, verb: 'start' | 'stop'): Promise<void> {
  await ask(place, 'POST', API_ROUTES.command('shop'), { do: verb, components: ['web'] })
}

async function replicaCount(place: BenchPlace): Promise<number> {
  const view = (await ask(place, 'GET', API_ROUTES.environment('shop'))) as {
    readonly applications: readonly { readonly components: readonly { readonly replicas: readonly unknown[] }[] }[]
  }
  return view.applications.flatMap((app) => app.components).flatMap((component) => component.replicas).length
}

function ask(place: BenchPlace, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
  const { port, token } = place.daemon
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`))
      })
    })
    asking.on('error', reject)
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error('what was waited for did not happen')
    await systemClock.sleep(20)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
