import type { Redirect } from '../model/route-behaviour.ts'
import { type MatchedPath, replaceTarget } from './path-replace.ts'

const WELL_KNOWN = { http: 80, https: 443 } as const

/** What a redirect keeps of the request. */
export interface RedirectedRequest {
  readonly scheme: 'http' | 'https'
  /** Host and port as the client wrote them. */
  readonly host: string
  /** Path and query. */
  readonly target: string
}

/**
 * The value of `Location`. A port that is the usual one of its scheme is left out; a redirect to another scheme without a port leads to
 * the usual port of that scheme. Source: Gateway API, HTTPRequestRedirectFilter. A request without a host gets a relative one.
 */
export function redirectLocation(redirect: Redirect, request: RedirectedRequest, matched: MatchedPath): string {
  const target =
    redirect.path === undefined ? pathAndQuery(request.target) : replaceTarget(pathAndQuery(request.target), redirect.path, matched)
  const asked = splitAuthority(request.host)
  const host = redirect.host ?? asked.name
  // Two slashes in front would make a host of the path.
  if (host === '') return target.replace(/^\/+/, '/')
  const scheme = redirect.scheme ?? request.scheme
  const port = redirect.port ?? (redirect.scheme === undefined ? asked.port : undefined)
  return `${scheme}://${host}${port === undefined || port === WELL_KNOWN[scheme] ? '' : `:${port}`}${target}`
}

/** `OPTIONS *` is a request for the server as a whole. */
function pathAndQuery(target: string): string {
  return target === '*' ? '/' : target
}

function splitAuthority(authority: string): { readonly name: string; readonly port: number | undefined } {
  const colon = authority.lastIndexOf(':')
  if (colon < 0 || authority.indexOf(']', colon) >= 0) return { name: authority, port: undefined }
  const digits = authority.slice(colon + 1)
  return { name: authority.slice(0, colon), port: digits === '' ? undefined : Number(digits) }
}
