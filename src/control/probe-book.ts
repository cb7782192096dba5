import type { Component } from '../model/component.ts'
import type { AwaitedProbe } from '../model/edge.ts'
import type { ReplicaId } from '../model/names.ts'
import type { ObservedContainer, ObservedReplica } from '../model/observed.ts'
import type { Container } from '../model/pod.ts'
import type { Probe, ProbeKind } from '../model/probe.ts'

/** The last known answer of one probe of one start of a container. */
export interface ProbeRecord {
  readonly epoch: number
  /** Kubernetes' threshold rule applied: undefined until either threshold is reached for the first time. */
  readonly passed: boolean | undefined
  /** It has passed at least once in this start. */
  readonly everPassed: boolean
  readonly detail: string
}

/** By replica, then by `container/kind`. */
export type ProbeBook = ReadonlyMap<ReplicaId, ReadonlyMap<string, ProbeRecord>>

/** One result as the edge or an exec probe reports it; `repeated` counts equal results in a row, from 1. */
export interface ProbeResult {
  readonly replica: ReplicaId
  readonly container: string
  readonly kind: ProbeKind
  readonly epoch: number
  readonly ok: boolean
  readonly detail: string
  readonly repeated: number
}

function slot(container: string, kind: ProbeKind): string {
  return `${container}/${kind}`
}

/** Enters one result; a result of an earlier start of the container is void. */
export function recordProbe(book: ProbeBook, input: ProbeResult, probe: Probe): ProbeBook {
  const of = book.get(input.replica)
  const last = of?.get(slot(input.container, input.kind))
  if (last !== undefined && last.epoch > input.epoch) return book
  const known = last?.epoch === input.epoch ? last : undefined
  const threshold = input.ok ? probe.successes : probe.failures
  const passed = input.repeated >= threshold ? input.ok : known?.passed
  if (known !== undefined && known.passed === passed && known.detail === input.detail) return book
  const record: ProbeRecord = {
    epoch: input.epoch,
    passed,
    everPassed: passed === true || known?.everPassed === true,
    detail: input.detail,
  }
  return new Map(book).set(input.replica, new Map(of).set(slot(input.container, input.kind), record))
}

/** Drops what the replica's readiness probes said. */
export function forgetReadiness(book: ProbeBook, replica: ReplicaId): ProbeBook {
  const of = book.get(replica)
  if (of === undefined) return book
  return new Map(book).set(replica, new Map([...of].filter(([key]) => !key.endsWith(slot('', 'ready')))))
}

/** Drops what belongs to replicas that are gone. */
export function prune(book: ProbeBook, replicas: readonly ObservedReplica[]): ProbeBook {
  const alive = new Set(replicas.map((replica) => replica.id))
  if ([...book.keys()].every((id) => alive.has(id))) return book
  return new Map([...book].filter(([id]) => alive.has(id)))
}

export interface ContainerHealth {
  /** Counts towards readiness of the replica. */
  readonly ready: boolean
  /** Why it must be restarted: its startup or liveness probe failed too often. */
  readonly failing?: string
  /** Why it is not ready, for people. */
  readonly detail?: string
  /** One pass of its readiness probe, which the edge asks, makes it ready. */
  readonly awaits: boolean
  /** Its readiness probe passed in this start and fails now. */
  readonly lapsed: boolean
  /** Probes that should be asked now. */
  readonly active: readonly { readonly kind: ProbeKind; readonly probe: Probe }[]
}

/** Kubernetes' order: nothing else is asked until the startup probe has passed; without a probe a running container is ready. */
function judgeContainer(book: ProbeBook, replica: ReplicaId, spec: Container, observed: ObservedContainer): ContainerHealth {
  if (observed.state !== 'running')
    return { ready: false, detail: observed.state === 'exited' ? 'exited' : 'waiting to start', awaits: false, lapsed: false, active: [] }
  const result = (kind: ProbeKind): ProbeRecord | undefined => {
    const record = book.get(replica)?.get(slot(spec.name, kind))
    return record?.epoch === observed.restarts ? record : undefined
  }
  const { startup, ready, live } = spec.probes
  if (startup !== undefined) {
    const record = result('startup')
    if (record?.passed !== true) {
      const failing = record?.passed === false ? `startup probe failed: ${record.detail}` : undefined
      return {
        ready: false,
        ...(failing === undefined ? {} : { failing }),
        detail: record?.detail ?? 'startup probe pending',
        awaits: false,
        lapsed: false,
        active: [{ kind: 'startup', probe: startup }],
      }
    }
  }
  const active: { kind: ProbeKind; probe: Probe }[] = []
  if (ready !== undefined) active.push({ kind: 'ready', probe: ready })
  if (live !== undefined) active.push({ kind: 'live', probe: live })
  const liveness = live === undefined ? undefined : result('live')
  const readiness = ready === undefined ? undefined : result('ready')
  const isReady = ready === undefined || readiness?.passed === true
  return {
    ready: isReady,
    ...(liveness?.passed === false ? { failing: `liveness probe failed: ${liveness.detail}` } : {}),
    ...(isReady ? {} : { detail: readiness?.detail ?? 'readiness probe pending' }),
    awaits: !isReady && ready.successes === 1 && ready.action.by !== 'exec',
    lapsed: readiness?.passed === false && readiness.everPassed,
    active,
  }
}

export interface ReplicaHealth {
  readonly ready: boolean
  readonly failing: readonly { readonly container: string; readonly why: string }[]
  readonly detail?: string
  /** It lacks one pass of this container's readiness probe, and nothing else. */
  readonly awaits?: AwaitedProbe
  /** It was ready in this start of its containers and all of them still run: only itself can make it ready again. */
  readonly lapsed: boolean
  readonly active: readonly { readonly container: string; readonly epoch: number; readonly kind: ProbeKind; readonly probe: Probe }[]
}

/** Readiness for traffic: the engine says running, and every container's probes agree. */
export function judgeReplica(book: ProbeBook, replica: ObservedReplica, spec: Component): ReplicaHealth {
  const failing: { container: string; why: string }[] = []
  const active: { container: string; epoch: number; kind: ProbeKind; probe: Probe }[] = []
  const unready: ContainerHealth[] = []
  let awaits: AwaitedProbe | undefined
  let fit = replica.phase === 'running' && !replica.frozen
  let lapsed = false
  let detail = replica.unhealthy
  for (const container of spec.pod.containers) {
    const observed = replica.containers.find((candidate) => candidate.name === container.name)
    if (observed === undefined) {
      fit = false
      continue
    }
    const health = judgeContainer(book, replica.id, container, observed)
    if (!health.ready) unready.push(health)
    if (health.awaits) awaits = { container: container.name, epoch: observed.restarts }
    if (health.lapsed) lapsed = true
    if (health.failing !== undefined) failing.push({ container: container.name, why: health.failing })
    detail ??= health.detail
    for (const probe of health.active) active.push({ container: container.name, epoch: observed.restarts, ...probe })
  }
  for (const observed of replica.containers) if (observed.role === 'sidecar' && observed.state !== 'running') fit = false
  const running = replica.phase === 'running' && replica.containers.every(({ role, state }) => role === 'init' || state === 'running')
  return {
    ready: fit && unready.length === 0,
    failing,
    ...(detail === undefined ? {} : { detail }),
    ...(fit && unready.length === 1 && awaits !== undefined ? { awaits } : {}),
    lapsed: lapsed && running && failing.length === 0,
    active,
  }
}

/** Of a replica that was frozen on purpose: it cannot answer, is not asked, and must not be ended for it. */
export const FROZEN: ReplicaHealth = { ready: false, failing: [], lapsed: false, active: [] }
