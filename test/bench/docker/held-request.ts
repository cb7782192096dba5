import { systemClock } from '../../../runtime/time/system-clock.ts'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import type { EnvironmentView } from '../../../src/wire/views.ts'
import { askDaemon } from '../../kit/daemon-process.ts'
import { eventually } from '../../kit/eventually.ts'
import { firstAnswer } from '../first-answer.ts'
import { type Goal, interleave } from '../harness.ts'
import { ratio } from './life-cycle.ts'
import { DockerPlace } from './place.ts'

export const IMAGE = 'node:22-alpine'
export const SERVER = `require('node:http').createServer((request, response) => response.end('hello')).listen(8000)`
const APPLICATION = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: ${IMAGE}
        cmd: ["node", "-e", ${JSON.stringify(SERVER)}]
        ports: [{ port: 8000, expose: true }]
`
const HOST = 'web.shop.localhost'
const PLAIN = 'minipaas-bench-held'
const PLAIN_PORT = 18_473
/** The end of what came before. */
const SETTLE_MS = 300

/** The first request to a stopped component whose sandbox is there, from the order to start it to the first byte, against `docker run -d -p` of the same server. */
export async function measureHeldRequest(rounds = 15): Promise<readonly Goal[]> {
  using place = new DockerPlace()
  place.write({ 'app.yaml': APPLICATION })
  place.cli('up', '-d', '--wait')
  const edge = await webPort(place)
  const sides = { held: () => heldRequest(place, edge), plain: () => plainRequest(place) }
  const measured = await interleave(sides, { rounds })
  return [ratio('held first request / docker run -d -p', measured.held, measured.plain, 0.55)]
}

/** The command and the request leave together; a request that is there before the command has an effect is refused, and comes again. */
async function heldRequest(place: DockerPlace, edge: number): Promise<number> {
  await command(place, 'stop')
  await eventually(async () => ((await replicaCount(place)) === 0 ? true : undefined), 30_000)
  await systemClock.sleep(SETTLE_MS)
  const began = performance.now()
  const ordered = command(place, 'start')
  await firstAnswer(edge, HOST)
  const took = performance.now() - began
  await ordered
  return took
}

/** `docker run -d -p` of the same server, from the order to the first byte. */
export async function plainRequest(place: DockerPlace): Promise<number> {
  const began = performance.now()
  place.run('docker', 'run', '-d', '--name', PLAIN, '-p', `127.0.0.1:${PLAIN_PORT}:8000`, IMAGE, 'node', '-e', SERVER)
  await firstAnswer(PLAIN_PORT, HOST)
  const took = performance.now() - began
  place.run('docker', 'rm', '-f', PLAIN)
  await systemClock.sleep(SETTLE_MS)
  return took
}

async function command(place: DockerPlace, verb: 'start' | 'stop'): Promise<void> {
  await ask(place, API_ROUTES.command('shop'), { do: verb, components: ['web'] })
}

async function webPort(place: DockerPlace): Promise<number> {
  const { edge } = await view(place)
  if (edge.url === undefined) throw new Error('the edge does not listen')
  return Number(new URL(edge.url).port)
}

async function replicaCount(place: DockerPlace): Promise<number> {
  const { applications } = await view(place)
  return applications.flatMap(({ components }) => components).flatMap(({ replicas }) => replicas).length
}

async function view(place: DockerPlace): Promise<EnvironmentView> {
  return (await ask(place, API_ROUTES.environment('shop'))) as EnvironmentView
}

async function ask(place: DockerPlace, path: string, body?: unknown): Promise<unknown> {
  const answer = await askDaemon(place.daemon, path, body)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
