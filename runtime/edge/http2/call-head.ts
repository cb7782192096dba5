import type { IncomingHttpHeaders } from 'node:http2'
import type { FieldEdit } from '../../../src/routing/header-changes.ts'
import { stickyField } from '../../../src/routing/sticky.ts'
import type { ClientSide } from '../client-side.ts'
import type { NewIds } from '../http/forwarded.ts'
import type { RequestHead } from '../http/request-head.ts'
import { traceIdOf, traceparentOf } from '../http/traceparent.ts'
import type { RouteEffects } from '../route-effects.ts'

/** The head of an HTTP/2 request in the form in which routes read heads; its field text is made only when asked for. */
export class CallHead implements RequestHead {
  readonly minor = 1
  readonly keepAlive = true
  readonly upgrade = undefined
  readonly #headers: IncomingHttpHeaders
  readonly #bodyless: boolean
  #fields: string | undefined

  constructor(headers: IncomingHttpHeaders, body: 'none' | 'follows') {
    this.#headers = headers
    this.#bodyless = body === 'none'
  }

  get method(): string {
    return this.#headers[':method'] ?? ''
  }

  get target(): string {
    return this.#headers[':path'] ?? ''
  }

  get host(): string {
    return this.#headers[':authority'] ?? this.#headers.host ?? ''
  }

  get fields(): string {
    this.#fields ??= formatFields(this.#headers, this.host)
    return this.#fields
  }

  get contentLength(): number {
    const text = this.#headers['content-length']
    return text === undefined ? -1 : Number(text)
  }

  get chunked(): boolean {
    return !this.#bodyless && this.contentLength < 0
  }

  get expectsContinue(): boolean {
    return this.#headers.expect?.toLowerCase() === '100-continue'
  }

  get forwardedFor(): string | undefined {
    return textOf(this.#headers['x-forwarded-for'])
  }

  get has(): RequestHead['has'] {
    const headers = this.#headers
    return {
      proto: headers['x-forwarded-proto'] !== undefined,
      host: headers['x-forwarded-host'] !== undefined,
      port: headers['x-forwarded-port'] !== undefined,
      requestId: headers['x-request-id'] !== undefined,
    }
  }
}

/** Adds to a request what `formatRoutedHead` adds to one of HTTP/1. */
export function addForwarded(headers: IncomingHttpHeaders, client: ClientSide, ids: NewIds): void {
  const before = textOf(headers['x-forwarded-for'])
  headers['x-forwarded-for'] = before === undefined ? client.address : `${before}, ${client.address}`
  headers['x-forwarded-proto'] ??= client.scheme
  const host = headers[':authority'] ?? headers.host
  if (host !== undefined) headers['x-forwarded-host'] ??= host
  headers['x-forwarded-port'] ??= String(client.port)
  headers['x-request-id'] ??= ids.nextRequestId()
  if (traceOf(headers) !== undefined) return
  delete headers.tracestate
  headers.traceparent = traceparentOf(ids.nextTraceId())
}

/** The trace id of a valid `traceparent`; several are none. */
export function traceOf(headers: IncomingHttpHeaders): string | undefined {
  const { traceparent } = headers
  return typeof traceparent === 'string' ? traceIdOf(traceparent) : undefined
}

/** Makes of a call what its route says, after the forwarding fields were added: these tell what the client asked for. */
export function changeCall(headers: IncomingHttpHeaders, effects: RouteEffects): void {
  headers[':path'] = effects.target(headers[':path'] ?? '/')
  const asked = headers[':authority'] ?? headers.host
  if (asked !== undefined) {
    const host = effects.host(asked)
    if (headers[':authority'] !== undefined) headers[':authority'] = host
    if (headers.host !== undefined) headers.host = host
  }
  edit(headers, effects.requestFields)
}

/** The same for the head of the answer of the replica with this mark, for a client that preferred one. */
export function changeAnswer(
  headers: IncomingHttpHeaders,
  effects: RouteEffects,
  replica: { readonly mark: string; readonly preferred: string | undefined },
): void {
  edit(headers, effects.responseFields)
  if (effects.sticky === undefined || replica.mark === replica.preferred) return
  headers['set-cookie'] = [...(headers['set-cookie'] ?? []), stickyField(effects.sticky, replica.mark)]
}

function edit(headers: IncomingHttpHeaders, change: FieldEdit | undefined): void {
  if (change === undefined) return
  for (const name of change.dropped) delete headers[name]
  for (const { name, value } of change.added) {
    const key = name.toLowerCase()
    const before = headers[key]
    headers[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
}

function formatFields(headers: IncomingHttpHeaders, host: string): string {
  let text = host === '' ? '' : `Host: ${host}\r\n`
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':') || name === 'host' || name === 'te') continue
    for (const one of Array.isArray(value) ? value : [value]) text += `${name}: ${one}\r\n`
  }
  return text
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
