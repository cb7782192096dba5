import type { ReplicaId } from '../model/names.ts'
import { parseRange, printAddress } from '../routing/addresses.ts'

/** Addresses of the replicas of one environment: below its service range, in order of their first start, never given twice. */
export class MemoryNetwork {
  /** In CIDR form. */
  readonly serviceRange: string
  readonly #first: number
  readonly #given = new Map<ReplicaId, number>()

  constructor(serviceRange: string) {
    const range = parseRange(serviceRange)
    if (range === undefined) throw new RangeError(`${serviceRange} is no IPv4 block`)
    this.serviceRange = serviceRange
    // Two: behind the address of the block itself and that of a gateway.
    this.#first = range.first - (range.last - range.first + 1) + 2
  }

  addressOf(replica: ReplicaId): string {
    const index = this.#given.get(replica) ?? this.#given.size
    this.#given.set(replica, index)
    return printAddress(this.#first + index)
  }
}
