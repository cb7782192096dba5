import type { Listener, Replica } from './replica.ts'
import type { ContainerRecord, LocalPort } from './replica-record.ts'

/** A port whose listener is not known yet. */
export interface ListenerQuestion {
  readonly replica: Replica
  readonly container: ContainerRecord
  readonly port: LocalPort
}

/** Answers in the order of the questions; undefined where nobody listens yet. */
export type FindListeners = (questions: readonly ListenerQuestion[]) => Promise<readonly (Listener | undefined)[]>
