import { ratio } from '../docker/life-cycle.ts'
import { type Goal, interleave } from '../harness.ts'
import { bareRequest, SERVER } from '../house/held-request.ts'
import { BenchPlace } from '../house/place.ts'
import { SLEEPERS, sleepingShop, wake, webPort } from './sleeping-shop.ts'

const OVERLAY = `models: [app.yaml]
components:
${SLEEPERS.map(
  (name) => `  ${name}:
    run:
      directory: web
      command: ["${process.execPath}", server.js]
${name === 'warm' ? '    scale: { standby: 1 }\n' : ''}`,
).join('')}`

/** A request that wakes a component on the process engine, against the start of the same server by hand. */
export async function measureProcesses(rounds = 15): Promise<readonly Goal[]> {
  using place = new BenchPlace()
  const properties = '{ image: "ghcr.io/example/web:1.4.0", ports: [{ port: 8000 }] }'
  place.write({ 'app.yaml': sleepingShop(properties), 'minipaas.yaml': OVERLAY, 'web/server.js': SERVER })
  place.cli('up', '-d', '--wait')
  const edge = await webPort(place)
  const sides = { cold: () => wake(place, edge, 'web'), spare: () => wake(place, edge, 'warm'), bare: () => bareRequest(place) }
  const { cold, spare, bare } = await interleave(sides, { rounds })
  return [ratio('process, cold / node server.js', cold, bare, 1.2), ratio('process, with a spare / node server.js', spare, bare, 0.35)]
}
