import type { LoadFigures, LoadOrder, LoadReport } from '../wire/load.ts'
import type { RecordOrder, TraceItem } from '../wire/record.ts'

/** What is measured on a running environment. Methods throw `RefusalError` for what cannot be done. */
export interface Measuring {
  /** Sends requests to a component or an address of this machine; resolves after the summary. */
  load(order: LoadOrder, report: (report: LoadReport) => void, signals: StreamSignals): Promise<void>
  /** Tells what comes in and what is decided until it is stopped or the environment ends; resolves after the last item. */
  record(order: RecordOrder, report: (item: TraceItem) => void, signals: StreamSignals): Promise<void>
}

/** Sends requests to an address of this machine. */
export interface LoadGenerator {
  /** Reports once a second; resolves with the last figures when everything is answered or given up. */
  run(
    load: { readonly order: LoadOrder; readonly destination: LoadDestination },
    report: (figures: LoadFigures) => void,
    signals: StreamSignals,
  ): Promise<LoadFigures>
}

/** Where requests go, and what each says. */
export interface LoadDestination {
  /** A loopback address. */
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** Header `Host`. */
  readonly authority: string
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** What a client that follows can do: `stop` asks for the end with what belongs to it, `gone` is a client that is no longer there. */
export interface StreamSignals {
  readonly stop: AbortSignal
  readonly gone: AbortSignal
}
