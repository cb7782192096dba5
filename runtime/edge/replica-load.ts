import type { ReplicaId } from '../../src/model/names.ts'

/** What one replica has in flight over all its ports; tells when a draining one has nothing left. */
export class ReplicaLoad {
  readonly id: ReplicaId
  readonly #onIdle: (load: ReplicaLoad) => void
  draining = false
  /** The table version for which `drained` was said. */
  saidFor = -1
  #inFlight = 0

  constructor(id: ReplicaId, onIdle: (load: ReplicaLoad) => void) {
    this.id = id
    this.#onIdle = onIdle
  }

  get inFlight(): number {
    return this.#inFlight
  }

  enter(): void {
    this.#inFlight++
  }

  leave(): void {
    this.#inFlight--
    if (this.#inFlight === 0 && this.draining) this.#onIdle(this)
  }
}
