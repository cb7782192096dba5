import { hashText } from '../kernel/hash.ts'

/** Addresses of one IPv4 block, as numbers, both ends included. */
export interface AddressRange {
  readonly first: number
  readonly last: number
}

const BITS = 32

/** `10.213.8.1` as a number; undefined for anything that is not four decimal bytes. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

/** The dotted form of an IPv4 address. */
export function printAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

/** `10.213.8.0/21`; undefined where it is no IPv4 block, or one that does not begin where its prefix length says. */
export function parseRange(cidr: string): AddressRange | undefined {
  const [address = '', prefix = '', ...more] = cidr.split('/')
  const first = parseAddress(address)
  if (first === undefined || more.length > 0 || !/^([0-9]|[12][0-9]|3[0-2])$/.test(prefix)) return undefined
  const size = 2 ** (BITS - Number(prefix))
  return first % size === 0 ? { first, last: first + size - 1 } : undefined
}

/** The last usable address of a service range: the edge's own, which no service gets. Source: design, section 10. */
export function edgeAddress(range: AddressRange): string {
  return printAddress(range.last - 1)
}

export interface Assignment {
  /** Address by service, for all that got one. */
  readonly addresses: Readonly<Record<string, string>>
  /** Services for which none was left. */
  readonly without: readonly string[]
}

/**
 * Gives every service an address of its own. A remembered one is kept while it is in the range and nobody else's; a new service
 * starts at a hash of its name and takes the first free one from there, so that the same model gets the same addresses wherever it
 * runs. Never the first, the last, or the edge's.
 */
export function assignAddresses(
  services: readonly string[],
  range: AddressRange,
  remembered: Readonly<Record<string, string>>,
): Assignment {
  const taken = new Set<number>()
  const addresses = new Map<string, string>()
  const isUsable = (address: number): boolean => address > range.first && address < range.last - 1
  for (const service of services) {
    const address = Object.hasOwn(remembered, service) ? parseAddress(remembered[service] ?? '') : undefined
    if (address === undefined || !isUsable(address) || taken.has(address)) continue
    taken.add(address)
    addresses.set(service, printAddress(address))
  }
  const without: string[] = []
  // Sorted: which of two services with nearby hashes comes first must not depend on the order of the model.
  for (const service of [...new Set(services)].filter((name) => !addresses.has(name)).sort()) {
    const address = firstFree(service, range, taken)
    if (address === undefined) {
      without.push(service)
      continue
    }
    taken.add(address)
    addresses.set(service, printAddress(address))
  }
  return { addresses: Object.fromEntries([...addresses].sort(([left], [right]) => (left < right ? -1 : 1))), without }
}

function firstFree(service: string, range: AddressRange, taken: ReadonlySet<number>): number | undefined {
  const usable = range.last - range.first - 2
  if (usable <= taken.size) return undefined
  const start = Number.parseInt(hashText(service, 8), 16) % usable
  for (let step = 0; step < usable; step++) {
    const address = range.first + 1 + ((start + step) % usable)
    if (!taken.has(address)) return address
  }
  return undefined
}
