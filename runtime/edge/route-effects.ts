import type { Clock } from '../../src/kernel/clock.ts'
import type { EdgeRoute } from '../../src/model/edge.ts'
import type { StickyCookie } from '../../src/model/route-behaviour.ts'
import type { FieldLookup } from '../../src/routing/conditions.ts'
import { type FieldEdit, fieldEdit } from '../../src/routing/header-changes.ts'
import { replaceTarget } from '../../src/routing/path-replace.ts'
import { cookieValue, stickyField } from '../../src/routing/sticky.ts'
import { editLines, type LineEdit, lineEdit } from './http/fields.ts'
import type { RequestHead } from './http/request-head.ts'
import { RequestLimits, type TimeLimits } from './request-limits.ts'

/** What a route does with a request beside leading it somewhere; prepared once for each table. */
export class RouteEffects {
  readonly requestFields: FieldEdit | undefined
  readonly responseFields: FieldEdit | undefined
  readonly sticky: StickyCookie | undefined
  readonly #route: EdgeRoute
  readonly #limits: TimeLimits | undefined
  readonly #requestLines: LineEdit | undefined
  readonly #responseLines: LineEdit | undefined

  constructor(route: EdgeRoute) {
    const { requestMs, idleMs } = route
    this.#route = route
    this.requestFields = fieldEdit(route.requestHeaders)
    this.responseFields = fieldEdit(route.responseHeaders)
    this.#limits = requestMs === undefined && idleMs === undefined ? undefined : { requestMs, idleMs }
    this.sticky = route.sticky
    this.#requestLines = this.requestFields && lineEdit(this.requestFields)
    this.#responseLines = this.responseFields && lineEdit(this.responseFields)
  }

  /** Watches a request that begins now; undefined where the route has no limits. */
  watch(clock: Clock, onOver: (reason: string) => void): RequestLimits | undefined {
    return this.#limits === undefined ? undefined : new RequestLimits(this.#limits, clock, onOver)
  }

  /** The replica that the request's cookie names. */
  preferred<R>(request: R, lookup: FieldLookup<R>): string | undefined {
    return this.sticky === undefined ? undefined : cookieValue(lookup(request, 'cookie'), this.sticky.name)
  }

  /** The target that the replica is sent. */
  target(target: string): string {
    const replace = this.#route.rewrite?.path
    return replace === undefined ? target : replaceTarget(target, replace, this.#route)
  }

  /** The host that the replica is sent. */
  host(host: string): string {
    return this.#route.rewrite?.host ?? host
  }

  /** The head that the replica is sent; the client's own stays what the forwarding fields tell. */
  requestHead(head: RequestHead): RequestHead {
    if (this.#route.rewrite === undefined && this.#requestLines === undefined) return head
    const host = this.host(head.host)
    let { fields, has } = head
    if (host !== head.host) {
      const told = has.host || head.host === '' ? '' : `X-Forwarded-Host: ${head.host}\r\n`
      fields = `Host: ${host}\r\n${editLines(fields, { dropped: ['host'], text: told })}`
      has = { ...has, host: true }
    }
    if (this.#requestLines !== undefined) {
      fields = editLines(fields, this.#requestLines)
      has = withChanged(has, this.requestFields)
    }
    return { ...head, target: this.target(head.target), host, fields, has }
  }

  /** The field lines of the answer of the replica with this mark, for a client that preferred one. */
  responseLines(fields: string, mark: string, preferred: string | undefined): string {
    const edited = this.#responseLines === undefined ? fields : editLines(fields, this.#responseLines)
    return this.sticky === undefined || mark === preferred ? edited : `${edited}Set-Cookie: ${stickyField(this.sticky, mark)}\r\n`
  }
}

/** Undefined where the route only leads somewhere, or answers itself. */
export function effectsOf(route: EdgeRoute): RouteEffects | undefined {
  const { redirect, rewrite, requestHeaders, responseHeaders, requestMs, idleMs, sticky } = route
  if (redirect !== undefined) return undefined
  const any = rewrite ?? requestHeaders ?? responseHeaders ?? requestMs ?? idleMs ?? sticky
  return any === undefined ? undefined : new RouteEffects(route)
}

/** A forwarding field that the route sets or removes is not added once more. */
function withChanged(has: RequestHead['has'], edit: FieldEdit | undefined): RequestHead['has'] {
  if (edit === undefined) return has
  const changes = (name: string): boolean => edit.dropped.includes(name) || edit.added.some((field) => field.name.toLowerCase() === name)
  return {
    proto: has.proto || changes('x-forwarded-proto'),
    host: has.host || changes('x-forwarded-host'),
    port: has.port || changes('x-forwarded-port'),
    requestId: has.requestId || changes('x-request-id'),
  }
}
