import type { DesiredRevision } from '../../model/desired.ts'
import type { ComponentKey, ReplicaId } from '../../model/names.ts'
import type { Observed } from '../../model/observed.ts'
import type { StepKey } from '../../model/step.ts'
import { type ImagesAround, planImages } from './images.ts'
import type { PlanDraft } from './plan-draft.ts'
import { startFingerprint } from './step-keys.ts'
import { planVolumes } from './volumes.ts'

/** What exists around replicas, as sets. */
export interface Surroundings {
  readonly network: StepKey | undefined
  readonly volumes: ReadonlySet<string>
  readonly images: ImagesAround
  readonly sandboxes: ReadonlySet<string>
}

export function readSurroundings(observed: Observed, around: Pick<Surroundings, 'network' | 'images'>): Surroundings {
  return {
    ...around,
    volumes: new Set(observed.volumes),
    sandboxes: new Set(observed.sandboxes.map((sandbox) => sandboxName(sandbox.component, sandbox.ordinal))),
  }
}

export interface Start {
  readonly replica: ReplicaId
  readonly ordinal: number
  /** Of a start that is under way already; otherwise the wanted one. */
  readonly restartToken?: number
  readonly needs?: readonly (StepKey | undefined)[]
  readonly cause: string
}

/** Starts replicas of one revision; what all of them need is worked out once. */
export class Starter {
  readonly #draft: PlanDraft
  readonly #wanted: DesiredRevision
  readonly #around: Surroundings
  #needs: readonly (StepKey | undefined)[] | undefined

  constructor(draft: PlanDraft, wanted: DesiredRevision, around: Surroundings) {
    this.#draft = draft
    this.#wanted = wanted
    this.#around = around
  }

  /** Network, volumes, images and sandbox, then the replica. */
  start(start: Start): StepKey | undefined {
    const { revision } = this.#wanted
    const restartToken = start.restartToken ?? this.#wanted.restartToken
    return this.#draft.add({
      action: { do: 'startReplica', replica: start.replica, revision: revision.id, ordinal: start.ordinal, restartToken },
      fingerprint: startFingerprint(restartToken),
      needs: [...this.#common(), this.#sandbox(start.ordinal), ...(start.needs ?? [])],
      cause: start.cause,
      group: revision.component,
    })
  }

  /** All that a first replica would wait for, while none is wanted: a request that wakes the component must not. */
  prepare(): void {
    this.#common()
    this.#sandbox(0)
  }

  #common(): readonly (StepKey | undefined)[] {
    this.#needs ??= [
      this.#around.network,
      ...planVolumes(this.#draft, this.#wanted.revision.spec, this.#around.volumes),
      ...planImages(this.#draft, this.#wanted, this.#around.images),
    ]
    return this.#needs
  }

  #sandbox(ordinal: number): StepKey | undefined {
    const { component } = this.#wanted.revision
    if (!this.#draft.context.capabilities.sandboxes || this.#around.sandboxes.has(sandboxName(component, ordinal))) return undefined
    return this.#draft.add({
      // It brings the network along, and does not wait for the edge on it, which is made meanwhile.
      action: { do: 'prepareSandbox', component, ordinal },
      needs: [],
      cause: 'sandbox missing',
      group: component,
    })
  }
}

export function sandboxName(component: ComponentKey, ordinal: number): string {
  return `${component}/${ordinal}`
}
