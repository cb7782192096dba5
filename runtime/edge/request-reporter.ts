import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'
import type { EdgeMessage } from '../../src/model/edge.ts'
import type { RequestRing } from './request-ring.ts'

/** So often the controller is told of requests, while somebody follows them ... */
const TELL_MS: Millis = 100
/** ... and of so many at once: more a second than anybody reads, and a tenth of the time of neither process. */
const MAX_TOLD = 200

export interface ReporterPorts {
  readonly clock: Clock
  readonly say: (message: EdgeMessage) => void
}

/** Tells the controller of the requests in the ring while it asks for them. No request waits for it: what it cannot tell in time it leaves out, and their numbers show it. */
export class RequestReporter {
  readonly #ring: RequestRing
  readonly #ports: ReporterPorts
  /** Of what the controller asked last. */
  #id = 0
  /** Number of the next request to tell. */
  #next = 0
  #timer: Disposable | undefined

  constructor(ring: RequestRing, ports: ReporterPorts) {
    this.#ring = ring
    this.#ports = ports
  }

  /** Tells of the last requests at once, also when there are none, and from now on of each. */
  follow(id: number, last: number): void {
    this.stop()
    this.#id = id
    this.#say(this.#ring.added - last, this.#ring.added)
    this.#arm()
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #arm(): void {
    const { clock } = this.#ports
    this.#timer = clock.at(after(clock.now(), TELL_MS), () => {
      this.#tell()
      this.#arm()
    })
  }

  /** Of too many the latest are told. */
  #tell(): void {
    const { added } = this.#ring
    if (added === this.#next) return
    this.#say(Math.max(this.#next, added - MAX_TOLD), added)
  }

  #say(from: number, to: number): void {
    this.#next = to
    this.#ports.say({ type: 'requests', id: this.#id, records: this.#ring.records(from, to) })
  }
}
