import { after } from '../../kernel/instant.ts'
import type { Envelope, EventType } from '../../wire/events.ts'
import type { EnvironmentView } from '../../wire/views.ts'
import { type Client, viewIfPresent } from '../client/client.ts'
import { StatusRefusalError } from '../client/http.ts'
import type { Io } from '../io.ts'
import { DaemonGoneError } from '../refusal-error.ts'

/** Events that change nothing a view shows. */
const WITHOUT_VIEW: ReadonlySet<EventType> = new Set([
  'request.held',
  'request.released',
  'request.expired',
  'step.progress',
  'notice',
  'workflow.notification',
])
/** Several events in a row are answered by one look. */
const GATHER_MS = 30

export interface Following {
  readonly client: Client
  readonly io: Io
  /** Events after this sequence number are told. */
  readonly after: number
  readonly signal: AbortSignal
  readonly onEvent: (envelope: Envelope) => void
  /** Undefined when the environment is gone. */
  readonly onView: (view: EnvironmentView | undefined) => void
  /** The daemon went away and is looked for. */
  readonly onAway: () => void
  /** The daemon, or its successor, answers again. */
  readonly onBack?: () => void
}

/** Lists, then watches, until the signal aborts; survives a daemon that goes away and comes back. */
export async function followEnvironment(following: Following): Promise<void> {
  const { client, signal } = following
  let position = following.after
  while (!signal.aborted) {
    const round = new AbortController()
    const end = (): void => round.abort()
    signal.addEventListener('abort', end, { once: true })
    const looker = new Looker(following, end)
    try {
      await looker.look()
      if (signal.aborted) return
      for await (const message of client.events(position, round.signal)) {
        position = message.seq
        if ('gap' in message) looker.wanted()
        else {
          following.onEvent(message)
          if (!WITHOUT_VIEW.has(message.body.type)) looker.wanted()
        }
      }
      looker.rethrow()
      // The daemon ends the stream of an environment that is gone.
      if (!signal.aborted) await client.version().then(() => following.io.clock.sleep(GATHER_MS))
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof StatusRefusalError && error.status === 404) {
        following.onView(undefined)
        continue
      }
      if (!(error instanceof DaemonGoneError)) throw error
      following.onAway()
      await client.reconnect()
      following.onBack?.()
      const view = await viewIfPresent(client)
      // A daemon that was started again may count from the beginning.
      if (view !== undefined) position = view.seq
    } finally {
      looker.close()
      signal.removeEventListener('abort', end)
    }
  }
}

/** Fetches views, one at a time, shortly after they are wanted. */
class Looker {
  readonly #following: Following
  #state: 'idle' | 'planned' | 'looking' | 'again' | 'closed' = 'idle'
  #timer: Disposable | undefined
  #failure: unknown
  readonly #failed: () => void

  constructor(following: Following, failed: () => void) {
    this.#following = following
    this.#failed = failed
  }

  wanted(): void {
    if (this.#state === 'looking') this.#state = 'again'
    if (this.#state !== 'idle') return
    this.#state = 'planned'
    const { clock } = this.#following.io
    this.#timer = clock.at(after(clock.now(), GATHER_MS), () => void this.#lookQuietly())
  }

  async look(): Promise<void> {
    const view = await viewIfPresent(this.#following.client)
    if (!this.#following.signal.aborted && this.#state !== 'closed') this.#following.onView(view)
  }

  /** Throws what went wrong with a look. */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  close(): void {
    this.#timer?.[Symbol.dispose]()
    this.#state = 'closed'
  }

  async #lookQuietly(): Promise<void> {
    this.#state = 'looking'
    try {
      await this.look()
    } catch (error) {
      // A daemon that went away is the event stream's business.
      if (!(error instanceof DaemonGoneError)) {
        this.#failure = error
        this.#failed()
      }
    }
    const next = this.#state as 'looking' | 'again' | 'closed'
    if (next === 'closed') return
    this.#state = 'idle'
    if (next === 'again') this.wanted()
  }
}
