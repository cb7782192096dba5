import { API_ROUTES } from '../../wire/api-routes.ts'
import type { LoadReport, LoadRequest } from '../../wire/load.ts'
import type { RecordRequest, TraceItem } from '../../wire/record.ts'
import type { Channel } from './channel.ts'
import { itemOf } from './http.ts'

/** `stop` asks the daemon for the end, which is told too; `gone` leaves at once. */
export interface MeasuringSignals {
  readonly stop: AbortSignal
  readonly gone: AbortSignal
}

/** What is measured on a running environment: loads, and recordings. */
export class MeasuringClient {
  readonly #environment: string
  readonly #open: (path: string) => Promise<Channel>

  constructor(environment: string, open: (path: string) => Promise<Channel>) {
    this.#environment = environment
    this.#open = open
  }

  load(request: LoadRequest, signals: MeasuringSignals): AsyncIterable<LoadReport> {
    return this.#measure(API_ROUTES.load(this.#environment), request, signals)
  }

  record(request: RecordRequest, signals: MeasuringSignals): AsyncIterable<TraceItem> {
    return this.#measure(API_ROUTES.record(this.#environment), request, signals)
  }

  async *#measure<T>(path: string, request: unknown, { stop, gone }: MeasuringSignals): AsyncIterable<T> {
    const channel = await this.#open(path)
    channel.send(JSON.stringify(request))
    const end = (): void => channel.send(JSON.stringify({ do: 'stop' }))
    if (stop.aborted) end()
    stop.addEventListener('abort', end, { once: true })
    try {
      for await (const message of channel.messages(gone)) yield itemOf<T>(message)
    } finally {
      stop.removeEventListener('abort', end)
    }
  }
}
