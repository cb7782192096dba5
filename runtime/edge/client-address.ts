import type { Socket } from 'node:net'

/** The address of the other end: `127.0.0.1` instead of `::ffff:127.0.0.1`. */
export function clientAddress({ remoteAddress }: Socket): string {
  if (remoteAddress === undefined) return 'unknown'
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
}
