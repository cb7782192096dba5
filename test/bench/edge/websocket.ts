import { type Goal, interleave, median } from '../harness.ts'
import { EdgeUnderTest } from './edge-under-test.ts'
import { startNginx } from './peers.ts'
import { listening, OTHER_CORE, PinnedProgram, runBeside } from './pinned.ts'
import { PORTS, programAt } from './places.ts'

/** Messages of 100 bytes that come back over 32 WebSockets, through the edge and through nginx. */
export async function measureWebSocket(folder: string): Promise<readonly Goal[]> {
  await using _echo = new PinnedProgram(OTHER_CORE, [process.execPath, programAt('echo-server.mjs'), String(PORTS.echo)])
  await listening(PORTS.echo)
  await using _nginx = await startNginx(folder)
  await using edge = await EdgeUnderTest.start({ name: 'echo', ports: [PORTS.echo] })
  const load = (port: number): number => Number(runBeside([process.execPath, programAt('echo-load.mjs'), String(port), '32', '3']))
  const seen = await interleave({ edge: () => load(edge.web), nginx: () => load(PORTS.nginx) }, { rounds: 5, warmUp: 1 })
  const [ours, theirs] = [median(seen.edge), median(seen.nginx)]
  return [
    {
      name: 'WebSocket echo, 32 connections: messages/s / nginx',
      value: ours / theirs,
      atLeast: 1,
      detail: `${ours.toFixed(0)}/s, ${theirs.toFixed(0)}/s`,
    },
  ]
}
