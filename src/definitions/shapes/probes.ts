import type { Hook, Probe, ProbeAction } from '../../model/probe.ts'
import { fields, integer, list, oneOf, optional, portNumber, preset, required, text } from '../schema.ts'

const headers = optional(list(fields({ name: required(text()), value: required(text()) })))
const scheme = oneOf('HTTP', 'HTTPS')

const exec = fields({ command: required(list(text())) })

/** Thresholds of every probe, with KubeVela's presets. */
const timing = {
  initialDelaySeconds: preset(integer({ min: 0 }), 0),
  periodSeconds: preset(integer({ min: 1 }), 10),
  timeoutSeconds: preset(integer({ min: 1 }), 1),
  successThreshold: preset(integer({ min: 1 }), 1),
  failureThreshold: preset(integer({ min: 1 }), 3),
}

const oneAction = { rule: 'exactly-one', of: ['exec', 'httpGet', 'tcpSocket'] } as const

/** Probes of webservice and its kin. */
export const healthProbe = fields(
  {
    exec: optional(exec),
    httpGet: optional(
      fields({
        path: required(text()),
        port: required(portNumber()),
        host: optional(text()),
        scheme: optional(scheme),
        httpHeaders: headers,
      }),
    ),
    tcpSocket: optional(fields({ port: required(portNumber()) })),
    ...timing,
  },
  oneAction,
)

/** Probes of worker, task and the sidecar trait: neither host nor scheme. */
export const plainProbe = fields(
  {
    exec: optional(exec),
    httpGet: optional(fields({ path: required(text()), port: required(portNumber()), httpHeaders: headers })),
    tcpSocket: optional(fields({ port: required(portNumber()) })),
    ...timing,
  },
  oneAction,
)

/** Fields of the startup-probe trait, without the container. */
export const startupProbeFields = {
  exec: optional(exec),
  httpGet: optional(
    fields({
      path: optional(text()),
      port: required(portNumber()),
      host: optional(text()),
      scheme: optional(scheme),
      httpHeaders: headers,
    }),
  ),
  grpc: optional(fields({ port: required(portNumber()), service: optional(text()) })),
  tcpSocket: optional(fields({ port: required(portNumber()), host: optional(text()) })),
  ...timing,
}

/** A hook of the lifecycle trait. */
export const hook = fields(
  {
    exec: optional(exec),
    httpGet: optional(
      fields({
        path: optional(text()),
        port: required(portNumber()),
        host: optional(text()),
        scheme: preset(scheme, 'HTTP'),
        httpHeaders: headers,
      }),
    ),
    tcpSocket: optional(fields({ port: required(portNumber()), host: optional(text()) })),
  },
  oneAction,
)

interface WrittenAction {
  readonly exec?: { readonly command: readonly string[] }
  readonly httpGet?: {
    readonly path?: string
    readonly port: number
    readonly host?: string
    readonly scheme?: 'HTTP' | 'HTTPS'
    readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[]
  }
  readonly grpc?: { readonly port: number; readonly service?: string }
  readonly tcpSocket?: { readonly port: number; readonly host?: string }
}

interface WrittenProbe extends WrittenAction {
  readonly initialDelaySeconds: number
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly successThreshold: number
  readonly failureThreshold: number
}

export function toProbe(written: WrittenProbe): Probe {
  return {
    action: toAction(written),
    delayMs: written.initialDelaySeconds * 1000,
    everyMs: written.periodSeconds * 1000,
    timeoutMs: written.timeoutSeconds * 1000,
    successes: written.successThreshold,
    failures: written.failureThreshold,
  }
}

export function toHook(written: Omit<WrittenAction, 'grpc'>): Hook {
  return toPlainAction(written)
}

function toAction(written: WrittenAction): ProbeAction {
  if (written.grpc === undefined) return toPlainAction(written)
  const { port, service } = written.grpc
  return { by: 'grpc', port, ...(service === undefined ? {} : { service }) }
}

/** Exactly one action is given: the shapes above see to it. */
function toPlainAction({ exec, httpGet, tcpSocket }: WrittenAction): Hook {
  if (exec !== undefined) return { by: 'exec', command: exec.command }
  if (httpGet !== undefined) {
    return {
      by: 'http',
      port: httpGet.port,
      path: httpGet.path ?? '/',
      ...(httpGet.host === undefined ? {} : { host: httpGet.host }),
      scheme: httpGet.scheme === 'HTTPS' ? 'https' : 'http',
      headers: httpGet.httpHeaders ?? [],
    }
  }
  return { by: 'tcp', port: tcpSocket?.port ?? 0, ...(tcpSocket?.host === undefined ? {} : { host: tcpSocket.host }) }
}
