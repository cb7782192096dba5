import type { DefinitionView } from '../definitions/definition.ts'
import type { SourceFiles } from '../dialects/loading.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import type { CertificatePair, EdgeCertificate } from '../model/edge.ts'
import type { Engine } from '../model/engine.ts'
import type { Refusal } from '../wire/answers.ts'
import type { Envelope, EventBody, Gap } from '../wire/events.ts'
import type { LoadGenerator } from './measuring-ports.ts'

/** What the control core needs from the machine. Constructed once in the composition root. */
export interface ControlPorts {
  readonly clock: Clock
  readonly logger: Logger
  readonly version: string
  /** Identity of this daemon, for ownership labels. */
  readonly instance: string
  /** In order of preference for `auto`. */
  readonly engines: readonly Engine[]
  readonly definitions: DefinitionView
  readonly files: SourceFiles
  readonly store: EnvironmentStore
  readonly watcher: FileWatcher
  /** The daemon's own environment variables (for `${NAME}` in overlays). */
  readonly environment: Readonly<Record<string, string>>
  /** Absent where nothing is served over TLS. */
  readonly certificates?: CertificateSource
  /** Absent where the edge has no ports of this machine. */
  readonly load?: LoadGenerator
}

/** Certificates for names of this machine. */
export interface CertificateSource {
  /** There is an authority already. */
  readonly hasAuthority: boolean
  /** The given certificate where it can be used, else one of the local authority, which is made with the first. Throws where it cannot be kept. */
  certify(order: EdgeCertificate, given: CertificatePair | undefined): Certified
}

export interface Certified {
  readonly certificates: readonly EdgeCertificate[]
  /** Why the given one cannot be used. */
  readonly problem?: string
}

/** State of environments on disk. Documents are JSON without secret values; written atomically; unknown versions are set aside. */
export interface EnvironmentStore {
  names(): Promise<readonly string[]>
  load(environment: string): Promise<unknown>
  save(environment: string, state: unknown): Promise<void>
  remove(environment: string): Promise<void>
  /** Appends to the environment's event file (NDJSON). */
  record(environment: string, envelope: Envelope): void
}

export interface FileWatcher {
  /** Calls back (coalesced) when one of the files or directories changes, until disposed. */
  watch(paths: readonly string[], changed: () => void): Disposable
}

/** One append-only log per environment: list, then watch. */
export interface EventLog {
  append(body: EventBody): Envelope
  readonly seq: number
  after(seq: number): readonly Envelope[] | 'gap'
  follow(fromSeq: number, signal: AbortSignal): AsyncIterable<Envelope | Gap>
}

/** A refusal with its HTTP status; the API turns it into an answer. */
export class RefusalError extends Error {
  readonly status: 400 | 404 | 409 | 422 | 500 | 503
  readonly error: Refusal['error']

  constructor(status: RefusalError['status'], error: Refusal['error']) {
    super(error.message)
    this.name = 'RefusalError'
    this.status = status
    this.error = error
  }
}
