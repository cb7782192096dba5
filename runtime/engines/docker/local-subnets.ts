import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { parseSubnet, type Subnet } from './subnets.ts'

/** Ranges that this machine reaches already, by its interfaces and (on Linux) by routes such as those of a VPN. */
export async function localSubnets(): Promise<readonly Subnet[]> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const own = addresses.flatMap(({ cidr }) => (cidr === null ? [] : (parseSubnet(cidr) ?? [])))
  return [...own, ...parseRoutes(await readFile('/proc/net/route', 'latin1').catch(() => ''))]
}

/** Routes of the kernel's table, without those that lead everywhere. Columns: interface, destination, gateway, ..., mask (seventh of the numbers), in host byte order. */
export function parseRoutes(table: string): readonly Subnet[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/)
      const [destination, mask] = [littleEndian(fields[1]), littleEndian(fields[7])]
      if (destination === undefined || mask === undefined) return []
      const prefix = mask === 0 ? 0 : 32 - Math.log2(2 ** 32 - mask)
      // A default route may come in halves, as VPNs set it.
      return prefix < 2 ? [] : [{ first: destination, prefix }]
    })
}

function littleEndian(hex: string | undefined): number | undefined {
  if (hex === undefined || !/^[0-9A-Fa-f]{8}$/.test(hex)) return undefined
  return Buffer.from(hex, 'hex').readUInt32LE(0)
}
