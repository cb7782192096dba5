import { resolve } from 'node:path'

/** Ports of the loopback address that the bench takes. */
export const PORTS = {
  backend: 39_080,
  nginx: 39_081,
  haproxy: 39_082,
  caddy: 39_083,
  httpProxy: 39_084,
  echo: 39_085,
  grpc: 39_086,
  nginxGrpc: 39_087,
} as const

/** A program of the bench; it runs in the repository's root. */
export function programAt(name: string): string {
  return resolve('test/bench/edge/programs', name)
}
