import { type Goal, interleave, median } from '../harness.ts'
import { EdgeUnderTest } from './edge-under-test.ts'
import { startNginx } from './peers.ts'
import { listening, OTHER_CORE, PinnedProgram, runBeside } from './pinned.ts'
import { PORTS, programAt } from './places.ts'

/** Unary gRPC calls, 32 at once over one channel: spliced at a service's address, call by call at the listener of the routes. */
export async function measureGrpc(folder: string): Promise<readonly Goal[]> {
  await using _server = new PinnedProgram(OTHER_CORE, [process.execPath, programAt('grpc-server.mjs'), String(PORTS.grpc)])
  await listening(PORTS.grpc)
  await using _nginx = await startNginx(folder)
  await using edge = await EdgeUnderTest.start({ name: 'calls', ports: [PORTS.grpc] })
  const load = (port: number, ...authority: readonly string[]): number =>
    Number(runBeside([process.execPath, programAt('grpc-load.mjs'), String(port), '32', '3', ...authority]))
  const seen = await interleave(
    {
      direct: () => load(PORTS.grpc),
      spliced: () => load(edge.service('calls')),
      perCall: () => load(edge.web, 'calls.bench.localhost'),
      nginx: () => load(PORTS.nginxGrpc),
    },
    { rounds: 5, warmUp: 1 },
  )
  return [
    compare('gRPC unary, spliced: calls/s / direct', seen.spliced, seen.direct, 0.95),
    compare('gRPC unary, per call: calls/s / nginx grpc_pass', seen.perCall, seen.nginx, 0.85),
  ]
}

function compare(name: string, ours: readonly number[], theirs: readonly number[], atLeast: number): Goal {
  const [left, right] = [median(ours), median(theirs)]
  return { name, value: left / right, atLeast, detail: `${left.toFixed(0)}/s, ${right.toFixed(0)}/s` }
}
