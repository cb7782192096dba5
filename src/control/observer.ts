import type { Clock } from '../kernel/clock.ts'
import { faultOf } from '../kernel/fault.ts'
import { after, type Instant, type Millis } from '../kernel/instant.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Component } from '../model/component.ts'
import type { Endpoint, Engine, Owner } from '../model/engine.ts'
import type { ReplicaId } from '../model/names.ts'
import type { Observed } from '../model/observed.ts'
import type { Input } from './input.ts'
import type { ControlState } from './state.ts'

export interface ObserverPorts {
  readonly engine: Engine
  readonly owner: Owner
  readonly clock: Clock
  readonly logger: Logger
  readonly state: () => ControlState
  readonly post: (input: Input) => void
}

/** Missed hints are made up for this often. Source: design, section 7. */
const SWEEP_MS: Millis = 10_000
/** While a started replica is not ready: its address may only now become known. */
const UNREADY_SWEEP_MS: Millis = 500
/** Hints within this time become one observation. */
const HINT_MERGE_MS: Millis = 3

/** Looks at the engine when something hints at a change, when asked, and now and then. One look at a time; requests merge. */
export class Observer {
  readonly #ports: ObserverPorts
  readonly #stop = new AbortController()
  #looking = false
  #again = false
  #timer: Disposable | undefined
  #hinted: Disposable | undefined

  constructor(ports: ObserverPorts) {
    this.#ports = ports
  }

  start(): void {
    void this.#listen()
    this.request()
  }

  stop(): void {
    this.#stop.abort(new DOMException('the daemon stops', 'AbortError'))
    this.#timer?.[Symbol.dispose]()
    this.#hinted?.[Symbol.dispose]()
  }

  /** Asks for an observation that begins after this call. */
  request(): void {
    if (this.#stop.signal.aborted) return
    if (this.#looking) this.#again = true
    else void this.#look()
  }

  async #look(): Promise<void> {
    this.#looking = true
    do {
      this.#again = false
      await this.#observe()
    } while (this.#again && !this.#stop.signal.aborted)
    this.#looking = false
    this.#schedule()
  }

  async #observe(): Promise<void> {
    const { engine, owner, clock, state, post } = this.#ports
    const began = state().pass
    const at = clock.now()
    // What was hinted at so far is seen by this one.
    this.#hinted?.[Symbol.dispose]()
    this.#hinted = undefined
    try {
      const observed = { ...(await engine.observe(owner, this.#stop.signal)), at }
      const endpoints = await this.#endpoints(observed)
      if (!this.#stop.signal.aborted) post({ type: 'observed', began, observed, endpoints })
    } catch (error) {
      if (this.#stop.signal.aborted) return
      post({ type: 'observed', began, observed: this.#unreachable(at, faultOf(error).message), endpoints: state().endpoints })
    }
  }

  #unreachable(at: Instant, detail: string): Observed {
    const last = this.#ports.state().observed
    const nothing = { replicas: [], strays: [], networks: [], volumes: [], images: [], sandboxes: [] }
    return { ...(last ?? nothing), at, engine: { state: 'unhealthy', detail, attributes: {} } }
  }

  async #endpoints(observed: Observed): Promise<ReadonlyMap<ReplicaId, ReadonlyMap<number, Endpoint>>> {
    const { engine, owner, state } = this.#ports
    const { revisions } = state()
    const all = new Map<ReplicaId, ReadonlyMap<number, Endpoint>>()
    const lookUps: Promise<void>[] = []
    for (const replica of observed.replicas) {
      const spec = revisions.get(replica.revision)?.spec
      if (spec === undefined || replica.phase === 'exited' || replica.phase === 'created') continue
      const ports = new Map<number, Endpoint>()
      all.set(replica.id, ports)
      for (const port of portsOf(spec)) {
        const lookUp = engine.endpoint({ owner, id: replica.id }, port).then((endpoint) => {
          if (endpoint !== undefined) ports.set(port, endpoint)
        })
        lookUps.push(lookUp)
      }
    }
    await Promise.all(lookUps)
    return all
  }

  #schedule(): void {
    const { clock, state } = this.#ports
    if (this.#stop.signal.aborted) return
    this.#timer?.[Symbol.dispose]()
    const unready = [...state().phases.values()].some((phase) => phase === 'running' || phase === 'starting')
    this.#timer = clock.at(after(clock.now(), unready ? UNREADY_SWEEP_MS : SWEEP_MS), () => this.request())
  }

  async #listen(): Promise<void> {
    const { engine, owner, clock, logger } = this.#ports
    while (!this.#stop.signal.aborted) {
      try {
        for await (const _hint of engine.hints(owner, this.#stop.signal)) this.#hint()
      } catch (error) {
        if (this.#stop.signal.aborted) return
        logger.log('warn', 'the engine stopped telling of changes', { reason: faultOf(error).message })
      }
      if (this.#stop.signal.aborted) return
      await clock.sleep(1000, this.#stop.signal).catch(() => {})
    }
  }

  #hint(): void {
    const { clock } = this.#ports
    this.#hinted ??= clock.at(after(clock.now(), HINT_MERGE_MS), () => {
      this.#hinted = undefined
      this.request()
    })
  }
}

function portsOf(spec: Component): ReadonlySet<number> {
  const ports = new Set<number>()
  for (const container of spec.pod.containers) {
    for (const port of container.ports) ports.add(port.number)
    for (const probe of Object.values(container.probes)) {
      if (probe.action.by !== 'exec') ports.add(probe.action.port)
    }
  }
  return ports
}
