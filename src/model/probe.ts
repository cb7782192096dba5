import type { Millis } from '../kernel/instant.ts'

export type ProbeKind = 'startup' | 'ready' | 'live'

/** What a probe asks. Ports are container ports. */
export type ProbeAction =
  | {
      readonly by: 'http'
      readonly port: number
      readonly path: string
      readonly host?: string
      readonly scheme: 'http' | 'https'
      readonly headers: readonly { readonly name: string; readonly value: string }[]
    }
  | { readonly by: 'tcp'; readonly port: number; readonly host?: string }
  | { readonly by: 'grpc'; readonly port: number; readonly service?: string }
  | { readonly by: 'exec'; readonly command: readonly string[] }

/** Kubernetes' fields and defaults: delay 0 s, period 10 s, time-out 1 s, success 1, failure 3. */
export interface Probe {
  readonly action: ProbeAction
  readonly delayMs: Millis
  readonly everyMs: Millis
  readonly timeoutMs: Millis
  readonly successes: number
  readonly failures: number
  /**
   * Ours: nothing was declared, but the container has a port. Readiness is then "the port accepts", asked in quick
   * succession, because a local client expects an answer as soon as there is one.
   */
  readonly implicit?: true
}

export interface Probes {
  readonly startup?: Probe
  readonly ready?: Probe
  readonly live?: Probe
}

/** A lifecycle hook: an action without thresholds. */
export type Hook = Exclude<ProbeAction, { by: 'grpc' }>
