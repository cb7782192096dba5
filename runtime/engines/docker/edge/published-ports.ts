import type { EdgeListener, EdgeTable } from '../../../../src/model/edge.ts'

/** Where published ports are reached on the host: never from other machines. */
export const LOOPBACK = '127.0.0.1'

/** A port of the host's loopback address at which a table wants to listen. */
export interface WantedPort {
  /** Of the listener. */
  readonly id: string
  /** Preferred port of the host. */
  readonly port: number
  /** Absent means TCP. */
  readonly transport?: 'udp'
  /** What to do when it is taken: count up, or report it. */
  readonly taken: 'next' | 'fail'
}

/** What became of a wanted port when the edge's container was made; the engine can change it with a new container only. */
export interface Publication {
  readonly id: string
  /** The port that was wanted. */
  readonly wish: number
  /** Where the edge listens, at its own address. */
  readonly inside: number
  /** Absent means TCP. */
  readonly transport?: 'udp'
  /** Port of the host that leads there; absent when it could not be had. */
  readonly host?: number
  /** Why not. */
  readonly problem?: string
}

/** Ports of the host that cannot be had, with the reason in words. */
export type BusyPorts = ReadonlyMap<number, string>

/** The edge's own resolver listens there. */
const RESOLVER_PORT = 53
/** Ports tried one after the other where a taken one is answered by counting up, as an edge on the host does. */
const MAX_TRIES = 100
const LAST_PORT = 65_535

/** Ports of the host that the table needs. Listeners that may have any port are for clients inside the edge's own network. */
export function wantedPorts(table: EdgeTable): readonly WantedPort[] {
  return table.listeners.flatMap(({ id, host, port, taken, transport }) =>
    host !== LOOPBACK || taken === 'any' ? [] : [{ id, port, taken, ...(transport === undefined ? {} : { transport }) }],
  )
}

/** Chooses a host port and an inner port for each wanted one. Fixed ports are placed first, so that one that counts up makes way. */
export function assignPorts(wanted: readonly WantedPort[], busy: BusyPorts): readonly Publication[] {
  const hosts = { tcp: new Map<number, string>(), udp: new Map<number, string>() }
  const inner = new Set([RESOLVER_PORT])
  const fixedFirst = [...wanted].sort((a, b) => Number(a.taken === 'next') - Number(b.taken === 'next'))
  return fixedFirst.map(({ id, port, taken, transport }) => {
    const own = hosts[transport ?? 'tcp']
    const kind = transport === undefined ? {} : { transport }
    const why = (candidate: number): string | undefined => busy.get(candidate) ?? own.get(candidate)
    const host = candidates(port, taken).find((candidate) => why(candidate) === undefined)
    const inside = firstFree(port, inner)
    inner.add(inside)
    if (host === undefined) return { id, wish: port, inside, ...kind, problem: why(port) ?? takenText(port) }
    own.set(host, takenText(host, id))
    return { id, wish: port, inside, ...kind, host }
  })
}

/** Whether the table can be served without a new container; ports that it no longer needs do no harm. */
export function covers(published: readonly Publication[], wanted: readonly WantedPort[]): boolean {
  return wanted.every((port) => published.some((candidate) => isFor(candidate, port)))
}

/** Published ports of the host that nobody needs any more. */
export function surplusPorts(published: readonly Publication[], wanted: readonly WantedPort[]): readonly number[] {
  const surplus = published.filter((candidate) => !wanted.some((port) => isFor(candidate, port)))
  return surplus.flatMap(({ host }) => (host === undefined ? [] : [host]))
}

/** The table as the edge sees it from inside its container, whose address it listens at. Ports that could not be had are left out. */
export function inwardTable(table: EdgeTable, published: readonly Publication[], address: string): EdgeTable {
  const known = publicationsById(published)
  const listeners = table.listeners.flatMap((listener): readonly EdgeListener[] => {
    const publication = listener.host === LOOPBACK ? known.get(listener.id) : undefined
    if (publication === undefined) return [listener]
    return publication.host === undefined ? [] : [{ ...listener, host: address, port: publication.inside, taken: 'fail' }]
  })
  return { ...table, listeners }
}

/** Ports of the host in place of those inside the container. */
export function outwardPorts(bound: Readonly<Record<string, number>>, published: readonly Publication[]): Readonly<Record<string, number>> {
  const known = publicationsById(published)
  return Object.fromEntries(
    Object.entries(bound).flatMap(([id, port]) => {
      const publication = known.get(id)
      if (publication === undefined) return [[id, port]]
      return publication.host === undefined ? [] : [[id, publication.host]]
    }),
  )
}

/** What an acknowledgement has to add: wanted ports that could not be had. */
export function publishProblems(
  published: readonly Publication[],
  wanted: readonly WantedPort[],
): readonly { readonly listener: string; readonly message: string }[] {
  const ids = new Set(wanted.map(({ id }) => id))
  return published.flatMap(({ id, problem }) => (problem === undefined || !ids.has(id) ? [] : [{ listener: id, message: problem }]))
}

/** Reads what a label keeps; nothing is published when it is missing or not ours. */
export function parsePublications(label: string | undefined): readonly Publication[] {
  try {
    const value: unknown = JSON.parse(label ?? '[]')
    return Array.isArray(value) ? value.filter(isPublication) : []
  } catch {
    return []
  }
}

/**
 * The port of the host that the engine could not publish, with the reason in words; undefined when it complains about something
 * else, such as a fixed address of the network that is in use. `only` is the port meant where the engine names none.
 * Texts: Docker 20.10 to 29, rootless and Desktop (also on Windows), Podman 4 and 5.
 */
export function refusedPort(words: string, only?: number): { readonly port: number; readonly why: string } | undefined {
  const named = (/127\.0\.0\.1:(\d{1,5})\b/.exec(words) ?? /\bport (\d{1,5})\b(?!\.)/i.exec(words))?.[1]
  const port = named === undefined ? only : Number(named)
  if (port === undefined) return undefined
  if (/permission denied|privileged port|forbidden by its access/i.test(words)) return { port, why: forbiddenText(port) }
  const taken =
    /port is already allocated|bind: address already in use|only one usage of each|ports are not available|failed to bind host port/i
  return taken.test(words) || (named !== undefined && /address already in use/i.test(words)) ? { port, why: takenText(port) } : undefined
}

export function takenText(port: number, by = 'another program'): string {
  return `port ${port} on ${LOOPBACK} is taken by ${by}`
}

function forbiddenText(port: number): string {
  return `port ${port} on ${LOOPBACK} may not be used without more rights`
}

function isFor(publication: Publication, { id, port }: WantedPort): boolean {
  return publication.id === id && (publication.host === port || publication.wish === port)
}

function candidates(port: number, taken: WantedPort['taken']): readonly number[] {
  if (taken === 'fail') return [port]
  return Array.from({ length: Math.min(MAX_TRIES, LAST_PORT - port + 1) }, (_, index) => port + index)
}

function firstFree(from: number, taken: ReadonlySet<number>): number {
  let port = from
  while (taken.has(port)) port = port === LAST_PORT ? 1 : port + 1
  return port
}

function publicationsById(published: readonly Publication[]): ReadonlyMap<string, Publication> {
  return new Map(published.map((publication) => [publication.id, publication]))
}

function isPublication(value: unknown): value is Publication {
  if (typeof value !== 'object' || value === null) return false
  const { id, wish, inside } = value as Partial<Record<keyof Publication, unknown>>
  return typeof id === 'string' && typeof wish === 'number' && typeof inside === 'number'
}
