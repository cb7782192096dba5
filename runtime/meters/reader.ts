import type { Clock } from '../../src/kernel/clock.ts'
import type { Millis } from '../../src/kernel/instant.ts'
import type { TriggerReading } from '../../src/model/meter.ts'
import type { Settings } from './settings.ts'

/** What a reader finds; who asked and what went wrong is added around it. */
export type Reading = Omit<TriggerReading, 'trigger' | 'error'>

/** A kept connection to what a trigger looks at. */
export interface Reader {
  /** Rejects with whatever went wrong: the boundary around readers turns it into a line. The signal ends what has taken too long. */
  read(signal: AbortSignal): Promise<Reading>
  /** Never waits for the other side. */
  close(): void | Promise<void>
}

/** What a reader may use of its surroundings. */
export interface ReaderContext {
  readonly clock: Clock
  /** For one attempt: connecting and asking. */
  readonly limitMs: Millis
  /** Aborted when nobody wants the reader any more, perhaps before it is there. */
  readonly unwanted: AbortSignal
  readonly scaledObject: { readonly name: string; readonly namespace: string }
}

/** Reads the settings and, where there is such a thing, connects. */
export type OpenReader = (settings: Settings, context: ReaderContext) => Reader | Promise<Reader>

/** Listens to a scaler that reports by itself, until it is disposed of. */
export type WatchScaler = (
  settings: Settings,
  context: Omit<ReaderContext, 'unwanted'> & { readonly onActive: () => void; readonly onError: (error: unknown) => void },
) => Disposable

export interface ReaderModule {
  readonly open: OpenReader
  readonly watch?: WatchScaler
}

/** Connects, and lets go what has not become a connection: when that fails, or when nobody waits for it any more. */
export async function connecting(unwanted: AbortSignal, connect: () => Promise<unknown>, letGo: () => void): Promise<void> {
  unwanted.addEventListener('abort', letGo, { once: true })
  try {
    await connect()
    unwanted.throwIfAborted()
  } catch (error) {
    letGo()
    throw error
  } finally {
    unwanted.removeEventListener('abort', letGo)
  }
}
