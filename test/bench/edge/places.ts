import { resolve } from 'node:path'

/** Ports of the loopback address that the bench takes: below those that systems give to outgoing connections. */
export const PORTS = {
  backend: 19_080,
  nginx: 19_081,
  haproxy: 19_082,
  caddy: 19_083,
  httpProxy: 19_084,
  echo: 19_085,
  grpc: 19_086,
  nginxGrpc: 19_087,
} as const

/** A program of the bench; it runs in the repository's root. */
export function programAt(name: string): string {
  return resolve('test/bench/edge/programs', name)
}
