import type { EdgeListener } from '../../src/model/edge.ts'

/** Ports tried one after the other where a taken one is answered by counting up. */
const MAX_TRIES = 100

export interface Bindings {
  readonly bound: Readonly<Record<string, number>>
  readonly problems: readonly { readonly listener: string; readonly message: string }[]
}

/** A bound listener. What it serves may change while it stays open. */
export interface OpenListener {
  spec: EdgeListener
  readonly closed: boolean
}

export interface BoundListener extends OpenListener {
  readonly port: number
  /** The wish it was bound for: a different one means binding again. */
  readonly wish: number
  closed: boolean
}

/** Sockets of one kind. */
export interface Binder<T extends BoundListener> {
  listen(spec: EdgeListener, port: number): Promise<T | NodeJS.ErrnoException>
  close(listener: T): void
}

/** Opens and closes sockets of one kind so that they are those of the last table. */
export class BoundListeners<T extends BoundListener> {
  readonly #binder: Binder<T>
  readonly #entries = new Map<string, T>()

  constructor(binder: Binder<T>) {
    this.#binder = binder
  }

  get bound(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#entries].map(([id, entry]) => [id, entry.port]))
  }

  get open(): Iterable<T> {
    return this.#entries.values()
  }

  /** Listeners that stay open serve by the new table from this moment, without waiting for others to be bound. */
  retarget(listeners: readonly EdgeListener[]): void {
    for (const spec of listeners) {
      const entry = this.#entries.get(spec.id)
      if (entry !== undefined && fits(entry, spec)) entry.spec = spec
    }
    const wanted = new Set(listeners.map((listener) => listener.id))
    for (const [id, entry] of this.#entries) if (!wanted.has(id)) this.#close(id, entry)
  }

  /** Binds what is missing; `remembered` ports come first, so that an edge that comes back has its old addresses. */
  async bind(listeners: readonly EdgeListener[], remembered: Readonly<Record<string, number>>): Promise<Bindings> {
    const problems: { listener: string; message: string }[] = []
    for (const spec of listeners) {
      const entry = this.#entries.get(spec.id)
      if (entry !== undefined && fits(entry, spec)) continue
      const outcome = await this.#open(spec, candidatePorts(spec, remembered[spec.id]))
      if (typeof outcome === 'string') {
        problems.push({ listener: spec.id, message: outcome })
        continue
      }
      if (entry !== undefined) this.#close(spec.id, entry)
      this.#entries.set(spec.id, outcome)
    }
    return { bound: this.bound, problems }
  }

  closeAll(): void {
    for (const [id, entry] of this.#entries) this.#close(id, entry)
  }

  #close(id: string, entry: T): void {
    this.#entries.delete(id)
    entry.closed = true
    this.#binder.close(entry)
  }

  async #open(spec: EdgeListener, candidates: readonly number[]): Promise<T | string> {
    let problem = 'no port to try'
    for (const port of candidates) {
      const outcome = await this.#binder.listen(spec, port)
      if ('spec' in outcome) return outcome
      problem = explain(spec, port, outcome)
      if (outcome.code !== 'EADDRINUSE' && outcome.code !== 'EACCES') break
    }
    return problem
  }
}

function fits(entry: BoundListener, spec: EdgeListener): boolean {
  return entry.spec.host === spec.host && (spec.port === 0 || spec.port === entry.port || spec.port === entry.wish)
}

function candidatePorts(spec: EdgeListener, remembered: number | undefined): readonly number[] {
  const first = remembered === undefined || spec.taken === 'fail' ? [] : [remembered]
  if (spec.taken === 'fail' || spec.port === 0) return [...first, spec.port]
  if (spec.taken === 'any') return [...first, spec.port, 0]
  const last = Math.min(65_535, spec.port + MAX_TRIES - 1)
  return [...first, ...Array.from({ length: last - spec.port + 1 }, (_, index) => spec.port + index)]
}

function explain(spec: EdgeListener, port: number, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${spec.host} is taken by another program`
    case 'EADDRNOTAVAIL':
      return `${spec.host} is no address of the edge: it could not take the addresses of the services (its log says why)`
    case 'EACCES':
      return `port ${port} on ${spec.host} may not be used without more rights`
    default:
      return `cannot listen on ${spec.host}:${port}: ${error.message}`
  }
}
