import type { Millis } from '../kernel/instant.ts'
import { withTimeLimit } from '../kernel/time-limit.ts'
import type { Engine } from '../model/engine.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import { type ControlPorts, RefusalError } from './ports.ts'

const PROBE_MS: Millis = 5000

export interface EngineChoice {
  readonly engine: Engine
  readonly reason: string
}

/** The engine of an order. `auto` takes the first that answers and says why the ones before it did not. */
export async function chooseEngine(
  order: Pick<ApplyOrder, 'engine'>,
  current: Engine | undefined,
  ports: ControlPorts,
): Promise<EngineChoice> {
  if (current !== undefined && (order.engine === 'auto' || order.engine === current.name)) {
    return { engine: current, reason: 'the environment runs on it already' }
  }
  if (current !== undefined) {
    throw new RefusalError(409, {
      code: 'MP8009',
      message: `the environment runs on the ${current.name} engine, not on ${order.engine}`,
      next: 'end it with "minipaas down" first, or use another --project-name',
    })
  }
  if (order.engine !== 'auto') return { engine: await namedEngine(order.engine, ports), reason: 'chosen by --engine' }
  const refusals: string[] = []
  for (const engine of ports.engines) {
    const health = await withTimeLimit(ports.clock, PROBE_MS, (signal) => engine.probe(signal))
    if (health.state === 'healthy') {
      return { engine, reason: refusals.length === 0 ? health.detail : refusals.join('; ') }
    }
    refusals.push(`${engine.name}: ${health.detail}`)
  }
  throw new RefusalError(503, { code: 'MP4005', message: `no engine answers: ${refusals.join('; ')}`, next: 'run "minipaas doctor"' })
}

async function namedEngine(name: string, ports: ControlPorts): Promise<Engine> {
  const engine = ports.engines.find((candidate) => candidate.name === name)
  if (engine === undefined) {
    const known = ports.engines.map((candidate) => candidate.name).join(', ')
    throw new RefusalError(503, { code: 'MP4006', message: `this version has no ${name} engine`, next: `it has: ${known}` })
  }
  const health = await withTimeLimit(ports.clock, PROBE_MS, (signal) => engine.probe(signal))
  if (health.state === 'healthy') return engine
  throw new RefusalError(503, {
    code: 'MP4005',
    message: `the ${name} engine does not answer: ${health.detail}`,
    next: 'run "minipaas doctor"',
  })
}
