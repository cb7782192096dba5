import { type Goal, interleave, median } from '../harness.ts'
import { EdgeUnderTest } from './edge-under-test.ts'
import { startBackend, startCaddy, startHaproxy, startHttpProxy, startNginx } from './peers.ts'
import { PORTS } from './places.ts'
import { type WrkOrder, type WrkResult, wrk } from './wrk.ts'

const SECONDS = 3
const ROUNDS = { rounds: 5, warmUp: 1 }

/** Requests over keep-alive connections through the edge and through each peer, one core each, the same server behind them. */
export async function measureHttp(folder: string): Promise<readonly Goal[]> {
  await using _backend = await startBackend(folder)
  await using _nginx = await startNginx(folder)
  await using _haproxy = await startHaproxy(folder)
  await using _caddy = await startCaddy(folder)
  await using _httpProxy = await startHttpProxy()
  await using edge = await EdgeUnderTest.start({ name: 'web', ports: [PORTS.backend] })
  const all = { edge: edge.web, nginx: PORTS.nginx, haproxy: PORTS.haproxy, caddy: PORTS.caddy, httpProxy: PORTS.httpProxy }
  const two = { edge: edge.web, nginx: PORTS.nginx }
  const busy = await compare(all, { connections: 32 })
  const single = await compare(two, { connections: 1 })
  const large = await compare(two, { connections: 32, path: '/large' })
  const rate = ({ perSecond }: WrkResult): number => perSecond
  return [
    atLeast('100 B, 32 connections: requests/s / nginx', busy, 'nginx', 0.55),
    atLeast('the same / caddy', busy, 'caddy', 2.8),
    atLeast('the same / http-proxy', busy, 'httpProxy', 4),
    atLeast('the same / haproxy (its figure beside it)', busy, 'haproxy', 0),
    atMost('100 B, 1 connection: p50 / nginx', single, ({ p50Ms }) => p50Ms, 1.25),
    atMost('100 B, 32 connections: p99 / nginx', busy, ({ p99Ms }) => p99Ms, 2),
    atLeast('64 KB, 32 connections: requests/s / nginx', large, 'nginx', 0.65),
  ]

  function atLeast<Peer extends string>(name: string, seen: Record<'edge' | Peer, readonly WrkResult[]>, peer: Peer, goal: number): Goal {
    const [ours, theirs] = [median(seen.edge.map(rate)), median(seen[peer].map(rate))]
    return { name, value: ours / theirs, atLeast: goal, detail: `${ours.toFixed(0)}/s, ${theirs.toFixed(0)}/s` }
  }

  function atMost(
    name: string,
    seen: Record<'edge' | 'nginx', readonly WrkResult[]>,
    of: (result: WrkResult) => number,
    goal: number,
  ): Goal {
    const [ours, theirs] = [median(seen.edge.map(of)), median(seen.nginx.map(of))]
    return { name, value: ours / theirs, atMost: goal, detail: `${ours.toFixed(3)} ms, ${theirs.toFixed(3)} ms` }
  }
}

async function compare<Name extends string>(
  ports: Record<Name, number>,
  order: Omit<WrkOrder, 'port' | 'seconds'>,
): Promise<Record<Name, WrkResult[]>> {
  const names = Object.keys(ports) as Name[]
  const seen = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, WrkResult[]>
  const sides = Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        const result = wrk({ ...order, port: ports[name], seconds: SECONDS })
        seen[name].push(result)
        return result.perSecond
      },
    ]),
  ) as Record<Name, () => number>
  await interleave(sides, ROUNDS)
  for (const name of names) seen[name].splice(0, ROUNDS.warmUp)
  return seen
}
