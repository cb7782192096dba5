import { systemClock } from '../../../runtime/time/system-clock.ts'
import { API_ROUTES } from '../../../src/wire/api-routes.ts'
import type { ComponentView, EnvironmentView } from '../../../src/wire/views.ts'
import { askDaemon } from '../../kit/daemon-process.ts'
import { eventually } from '../../kit/eventually.ts'
import { firstAnswer } from '../first-answer.ts'
import type { BenchPlace } from '../house/place.ts'

/** Two components that run the same: `web` is started by a request, `warm` has a replica that stands by. */
export const SLEEPERS = ['web', 'warm'] as const
type Sleeper = (typeof SLEEPERS)[number]

/** The end of what came before. */
const SETTLE_MS = 300
const REST_MS = 60_000

/** The application with these properties of both components; each goes back to sleep a second after its last request. */
export function sleepingShop(properties: string): string {
  const components = SLEEPERS.map((name) => `    - name: ${name}\n      type: webservice\n      properties: ${properties}\n`)
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
spec:
  components:
${components.join('')}${SLEEPERS.map(scaledObject).join('')}`
}

function scaledObject(name: string): string {
  return `---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: ${name} }
spec:
  scaleTargetRef: { name: ${name} }
  pollingInterval: 1
  cooldownPeriod: 1
  minReplicaCount: 0
  maxReplicaCount: 1
  triggers: [{ type: http, metadata: { target: "10" } }]
`
}

/** With nothing to start, an application is up before its edge listens. */
export function webPort(place: BenchPlace): Promise<number> {
  return eventually(async () => {
    const { edge } = await view(place)
    return edge.url === undefined ? undefined : Number(new URL(edge.url).port)
  }, REST_MS)
}

/** From a request to a component that sleeps to the first byte of its answer. Both sleep before it, and nothing is under way. */
export async function wake(place: BenchPlace, edge: number, name: Sleeper): Promise<number> {
  await untilAtRest(place)
  const began = performance.now()
  await firstAnswer(edge, `${name}.shop.localhost`)
  return performance.now() - began
}

/** Resolves when both sleep, `warm` with one replica that stands by. */
async function untilAtRest(place: BenchPlace): Promise<void> {
  await eventually(async () => {
    const { applications } = await view(place)
    const components = applications.flatMap((app) => app.components)
    return components.every(isAtRest) ? true : undefined
  }, REST_MS)
  await systemClock.sleep(SETTLE_MS)
}

function isAtRest({ name, desired, replicas }: ComponentView): boolean {
  const phases = replicas.map(({ phase }) => phase).join()
  return desired === 0 && phases === (name === 'warm' ? 'standby' : '')
}

async function view(place: BenchPlace): Promise<EnvironmentView> {
  const answer = await askDaemon(place.daemon, API_ROUTES.environment('shop'))
  if (answer.status !== 200) throw new Error(`the environment: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as EnvironmentView
}
