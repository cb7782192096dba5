import type { Millis } from '../kernel/instant.ts'

/**
 * How the path of a route is compared. `prefix`: whole path elements (Gateway API PathPrefix); `text-prefix`: any text that begins so
 * (a prefix location of nginx, `prefix` of Azure Container Apps); `regex`: the expression fits the whole path (Gateway API RegularExpression).
 */
export type PathType = 'prefix' | 'exact' | 'text-prefix' | 'regex'

/** How a value is compared; a regular expression must fit the whole value. */
export type ValueMatch =
  | { readonly by: 'exact' | 'prefix' | 'regex'; readonly value: string }
  /** There, whatever its value. */
  | { readonly by: 'present' }

/** A header field (any case) or a query parameter (as written), and what its value must be. */
export type NamedMatch = { readonly name: string } & ValueMatch

/** Everything that must be true of a request beside host and path. */
export interface RouteConditions {
  /** Compared as written: methods have a case. */
  readonly method?: string
  /** Several lines of one field are one value, joined with commas. Source: Gateway API, HTTPHeaderMatch. */
  readonly headers?: readonly NamedMatch[]
  /** The first value of a parameter counts. Source: Gateway API, HTTPQueryParamMatch. */
  readonly query?: readonly NamedMatch[]
}

/** `full`: the path becomes this; `prefix`: the part that the route's path matched does. Source: Gateway API, HTTPPathModifier. */
export interface PathReplace {
  readonly by: 'full' | 'prefix'
  readonly path: string
}

export type RedirectStatus = 301 | 302 | 303 | 307 | 308

/** What is not given stays as it was in the request; the query always stays. Source: Gateway API, HTTPRequestRedirectFilter. */
export interface Redirect {
  readonly scheme?: 'http' | 'https'
  readonly host?: string
  /** Without it the port of the scheme where one is given, else that of the request. */
  readonly port?: number
  readonly path?: PathReplace
  readonly status: RedirectStatus
}

export interface Rewrite {
  /** What `Host` says to the replica. */
  readonly host?: string
  readonly path?: PathReplace
}

export interface HeaderField {
  readonly name: string
  readonly value: string
}

/** `set` replaces all fields of the name, `add` adds one more. Source: Gateway API, HTTPHeaderFilter. */
export interface HeaderChanges {
  readonly set?: readonly HeaderField[]
  readonly add?: readonly HeaderField[]
  readonly remove?: readonly string[]
}

/** Requests that bring the cookie go to the replica that its value names, while that takes requests. */
export interface StickyCookie {
  readonly name: string
  /** What follows the value when it is set: `Path=/; HttpOnly`. */
  readonly attributes?: string
}

/** What a route may do beyond leading somewhere; the same in the model and in the table of the edge. */
export interface RouteBehaviour {
  readonly when?: RouteConditions
  /** Letters of the path are compared without their case. Source: Azure Container Apps, rule-based routing, `caseSensitive: false`. */
  readonly ignoreCase?: true
  /** Answered by the edge; such a route needs no target. */
  readonly redirect?: Redirect
  readonly rewrite?: Rewrite
  readonly requestHeaders?: HeaderChanges
  readonly responseHeaders?: HeaderChanges
  /** From the head of the request to the end of the answer, waiting for a replica included; then 504. */
  readonly requestMs?: Millis
  /** No byte either way for so long, once a replica has the request: 504, or the end of the connection when the answer has begun. */
  readonly idleMs?: Millis
  readonly sticky?: StickyCookie
}

/** Who is next among the replicas of a backend; equal ones take turns. */
export type Balance = 'round-robin' | 'least-in-flight'
