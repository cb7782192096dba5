import type { Clock } from '../kernel/clock.ts'
import type { Millis } from '../kernel/instant.ts'
import { withTimeLimit } from '../kernel/time-limit.ts'
import type { EdgeMessage, RequestRecord, ToEdge } from '../model/edge.ts'
import { partsOf, type RequestItem, type RequestNote } from '../wire/request-stream.ts'
import type { RequestQuery } from './environment-control.ts'
import { RefusalError } from './ports.ts'
import { type RequestFilter, requestFilter } from './request-filter.ts'
import type { ControlState } from './state.ts'

/** Asked of the edge when somebody begins to follow; it remembers no more. */
const ASKED = 1000
/** Items that a slow follower can still catch up with. */
const KEPT = 2000
/** An edge that has not answered by then is away. */
const ANSWER_MS: Millis = 5000

export interface FeedPorts {
  readonly clock: Clock
  /** Hides values of secrets. */
  readonly shade: (text: string) => string
  readonly tell: (message: Extract<ToEdge, { type: 'follow-requests' }>) => void
}

/**
 * Requests of one environment for everybody who follows them: the edge is asked to tell of them while there is somebody, and asked
 * again when it comes back. What it has told meanwhile is kept, so that each follower goes at a pace of its own.
 */
export class RequestFeed {
  readonly #ports: FeedPorts
  readonly #waiting = new Set<() => void>()
  #followers = 0
  /** Of what the edge was asked last; what it says of earlier questions is void. */
  #asked = 0
  #answered = false
  /** Position behind the first answer. */
  #answeredAt = 0
  /** Run of the edge that is attached; undefined within for one of an earlier version. */
  #edge: { readonly run: string | undefined } | undefined
  /** Of the edge that was attached last. */
  #run: string | undefined
  /** Id of the last request that was told. */
  #last: string | undefined
  #items: RequestItem[] = []
  /** Position of the first of the items. */
  #base = 0
  #closed = false

  constructor(ports: FeedPorts) {
    this.#ports = ports
  }

  /** The edge is here, or here again. */
  attached(run: string | undefined): void {
    const before = this.#run
    this.#run = run
    this.#edge = { run }
    if (this.#followers === 0) return
    if (before !== run) this.#last = undefined
    this.#note(before === undefined || before === run ? 'edge-back' : 'edge-restarted')
    this.#ask()
  }

  away(): void {
    this.#edge = undefined
    if (this.#followers > 0) this.#note('edge-away')
  }

  /** The edge tells of requests: some of them maybe for the second time, when it was asked again. */
  told({ id, records }: Extract<EdgeMessage, { type: 'requests' }>): void {
    if (id !== this.#asked || this.#followers === 0) return
    for (const record of records) this.#take(record)
    if (!this.#answered) this.#answeredAt = this.#end
    this.#answered = true
    this.#wake()
  }

  /** The environment ends: nothing more is told. */
  close(): void {
    this.#closed = true
    this.#wake()
  }

  /** Throws a refusal for components that the state does not have, and where nothing can be told and nobody is to wait for it. */
  async *follow(query: RequestQuery, state: ControlState, signal: AbortSignal): AsyncGenerator<RequestItem> {
    const wanted = requestFilter(query, state)
    using _seat = this.#sit()
    const waits = !this.#answered
    if (!(await this.#isAnswered(signal))) {
      if (signal.aborted || this.#closed) return
      if (!query.follow) throw unreachable()
      yield this.#aNote('edge-away')
    }
    // What comes between the answer and this turn is no history: it may hold notes.
    let position = waits && this.#answered ? this.#answeredAt : this.#end
    yield* this.#history(query, wanted, position)
    while (query.follow && !signal.aborted && !this.#closed) {
      if (position < this.#base) {
        yield { ...this.#aNote('missed'), count: this.#base - position }
        position = this.#base
      }
      const item = this.#items[position - this.#base]
      if (item === undefined) {
        await this.#change(signal)
        continue
      }
      position++
      if ('note' in item || wanted(item)) yield item
    }
  }

  get #end(): number {
    return this.#base + this.#items.length
  }

  /** What is remembered up to a position. */
  #history({ tail, after }: RequestQuery, wanted: RequestFilter, end: number): readonly RequestItem[] {
    const records = this.#items.slice(0, Math.max(0, end - this.#base)).filter((item): item is RequestRecord => !('note' in item))
    const place = after === undefined ? undefined : partsOf(after)
    const [first] = records
    const isSame = place !== undefined && (this.#run === undefined || this.#run === place.run)
    const rest = isSame ? records.filter((record) => partsOf(record.id).number > place.number) : records
    const shown = rest.filter(wanted)
    const notes: RequestItem[] = []
    if (place !== undefined && !isSame) notes.push(this.#aNote('edge-restarted'))
    else if (place !== undefined && first !== undefined) {
      const missed = partsOf(first.id).number - place.number - 1
      if (missed > 0) notes.push({ ...this.#aNote('missed'), count: missed })
    }
    return [...notes, ...(tail === undefined ? shown : shown.slice(Math.max(0, shown.length - tail)))]
  }

  /** The edge is asked for the first one who comes, and told to stop when the last one goes. */
  #sit(): Disposable {
    this.#followers++
    if (this.#followers === 1 && this.#edge !== undefined) this.#ask()
    return {
      [Symbol.dispose]: () => {
        this.#followers--
        if (this.#followers > 0) return
        // One of an earlier version would not know what that means.
        if (this.#edge?.run !== undefined) this.#ports.tell({ type: 'follow-requests', on: false, last: 0, id: this.#asked })
        this.#answered = false
        this.#last = undefined
        this.#base = this.#end
        this.#items = []
      },
    }
  }

  #ask(): void {
    if (this.#edge?.run === undefined) return
    this.#ports.tell({ type: 'follow-requests', on: true, last: ASKED, id: ++this.#asked })
  }

  async #isAnswered(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#ports
    await withTimeLimit(clock, ANSWER_MS, async (over) => {
      const either = AbortSignal.any([signal, over])
      while (!this.#answered && !this.#closed && !either.aborted) {
        if (this.#edge !== undefined && this.#edge.run === undefined) throw tooOld()
        await this.#change(either)
      }
    })
    return this.#answered
  }

  #take(record: RequestRecord): void {
    const { number } = partsOf(record.id)
    const known = this.#last === undefined ? undefined : partsOf(this.#last).number
    if (known !== undefined && number <= known) return
    if (known !== undefined && number > known + 1) this.#push({ ...this.#aNote('missed'), count: number - known - 1 })
    this.#last = record.id
    const { shade } = this.#ports
    const { path, reason } = record
    this.#push({
      ...record,
      ...(path === undefined ? {} : { path: shade(path) }),
      ...(reason === undefined ? {} : { reason: shade(reason) }),
    })
  }

  #aNote(note: RequestNote['note']): RequestNote {
    return { note, at: this.#ports.clock.now() }
  }

  #note(note: RequestNote['note']): void {
    this.#push(this.#aNote(note))
    this.#wake()
  }

  #push(item: RequestItem): void {
    this.#items.push(item)
    if (this.#items.length < 2 * KEPT) return
    this.#items.splice(0, KEPT)
    this.#base += KEPT
  }

  #change(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}

function unreachable(): RefusalError {
  const next = '"minipaas status" shows the edge; with -f requests are printed as soon as it is there'
  return new RefusalError(503, {
    code: 'MP8016',
    message: 'the edge of the environment cannot be reached, and it is what remembers requests',
    next,
  })
}

function tooOld(): RefusalError {
  const message = 'the edge of the environment was started by an earlier version of minipaas and tells of no requests'
  return new RefusalError(409, { code: 'MP8016', message, next: 'minipaas down, then minipaas up: they start another' })
}
