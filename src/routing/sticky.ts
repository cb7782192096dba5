import { hashText } from '../kernel/hash.ts'
import type { ReplicaId } from '../model/names.ts'
import type { StickyCookie } from '../model/route-behaviour.ts'

/** Length of a cookie's value. Source: Azure Container Apps, `acaAffinity`, observed. */
const DIGITS = 16

/** The value of a sticky cookie that means this replica: the same after a restart, and nobody's name. */
export function replicaMark(replica: ReplicaId): string {
  return hashText(replica, DIGITS)
}

/** The value of one cookie of a `Cookie` field. Source: RFC 6265, 4.2.1. */
export function cookieValue(field: string | undefined, name: string): string | undefined {
  if (field === undefined) return undefined
  for (const pair of field.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}

/** The value of a `Set-Cookie` field that binds a client to a replica. */
export function stickyField(cookie: StickyCookie, mark: string): string {
  return `${cookie.name}=${mark}${cookie.attributes === undefined || cookie.attributes === '' ? '' : `; ${cookie.attributes}`}`
}
