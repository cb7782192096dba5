import { IMAGE, plainRequest, SERVER } from '../docker/held-request.ts'
import { ratio } from '../docker/life-cycle.ts'
import { DockerPlace } from '../docker/place.ts'
import { type Goal, interleave } from '../harness.ts'
import { sleepingShop, wake, webPort } from './sleeping-shop.ts'

/** A request that wakes a component on Docker, whose sandbox is ready, against `docker run -d -p` of the same server. */
export async function measureContainers(rounds = 15): Promise<readonly Goal[]> {
  using place = new DockerPlace()
  const properties = `{ image: "${IMAGE}", cmd: ["node", "-e", ${JSON.stringify(SERVER)}], ports: [{ port: 8000, expose: true }] }`
  place.write({
    'app.yaml': sleepingShop(properties),
    'minipaas.yaml': 'models: [app.yaml]\ncomponents:\n  warm:\n    scale: { standby: 1 }\n',
  })
  place.cli('up', '-d', '--wait')
  const edge = await webPort(place)
  const sides = { ready: () => wake(place, edge, 'web'), standby: () => wake(place, edge, 'warm'), plain: () => plainRequest(place) }
  const { ready, standby, plain } = await interleave(sides, { rounds })
  return [
    ratio('docker, ready sandbox / docker run -d -p', ready, plain, 0.55),
    ratio('docker, standby / docker run -d -p', standby, plain, 0.08),
  ]
}
