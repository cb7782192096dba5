import { hashText } from '../../../src/kernel/hash.ts'

/** A range of IPv4 addresses as an unsigned number and a prefix length. */
export interface Subnet {
  readonly first: number
  readonly prefix: number
}

/** Size of an environment's network: half for containers, half for services. */
const SUBNET_PREFIX = 20

/**
 * Where networks are looked for, in order of preference; RFC 1918. Left out of 10/8 are the ranges that others take by
 * default: 10.0/16 (clouds), 10.42/15 (k3s), 10.88/13 (podman), 10.96/12 (services of kubeadm), 10.244/16 (flannel).
 */
const SPACES = ['10.112.0.0/12', '10.128.0.0/10', '10.192.0.0/11', '10.64.0.0/12', '172.16.0.0/12', '192.168.0.0/16']

/** `10.89.16.0/20`; undefined for anything that is not IPv4 in CIDR form. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text)
  const address = match?.[1] === undefined ? undefined : parseAddress(match[1])
  const prefix = Number(match?.[2])
  if (address === undefined || !(prefix <= 32)) return undefined
  return { first: address - (address % sizeOf(prefix)), prefix }
}

/** `10.0.0.1` as an unsigned number. */
function parseAddress(text: string): number | undefined {
  const bytes = text.split('.').map(Number)
  if (bytes.length !== 4 || bytes.some((byte) => !Number.isInteger(byte) || byte < 0 || byte > 255)) return undefined
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

export function formatSubnet({ first, prefix }: Subnet): string {
  return `${formatAddress(first)}/${prefix}`
}

/** Number of addresses. */
function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}

export function overlaps(left: Subnet, right: Subnet): boolean {
  return left.first < right.first + sizeOf(right.prefix) && right.first < left.first + sizeOf(left.prefix)
}

export function lowerHalf({ first, prefix }: Subnet): Subnet {
  return { first, prefix: prefix + 1 }
}

export function upperHalf({ first, prefix }: Subnet): Subnet {
  return { first: first + sizeOf(prefix + 1), prefix: prefix + 1 }
}

/** The first usable address: the gateway's, as engines choose it by themselves. */
export function firstAddress({ first }: Subnet): string {
  return formatAddress(first + 1)
}

/** The last usable one, before the broadcast address. */
export function lastAddress({ first, prefix }: Subnet): string {
  return formatAddress(first + sizeOf(prefix) - 2)
}

/** Free subnets, those of the preferred spaces first; within a space the name decides where to begin, so that an environment tends to keep its own. */
export function* candidateSubnets(name: string, taken: readonly Subnet[]): Generator<Subnet> {
  const seed = Number.parseInt(hashText(name, 8), 16)
  for (const text of SPACES) {
    const space = parseSubnet(text)
    if (space === undefined) continue
    const count = 2 ** (SUBNET_PREFIX - space.prefix)
    for (let step = 0; step < count; step++) {
      const candidate = { first: space.first + ((seed + step) % count) * sizeOf(SUBNET_PREFIX), prefix: SUBNET_PREFIX }
      if (!taken.some((other) => overlaps(candidate, other))) yield candidate
    }
  }
}
