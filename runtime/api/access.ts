import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { TOKEN_PROTOCOL } from '../../src/wire/api-routes.ts'
import type { Denial } from './denial.ts'

export interface AccessRules {
  readonly token: string
  readonly port: number
}

/**
 * Who may talk to the daemon: nobody with an `Origin` (a web page), nobody who reached the address by another name (DNS rebinding),
 * nobody without the token. Undefined means welcome.
 */
export function checkAccess(request: IncomingMessage, { token, port }: AccessRules): Denial | undefined {
  if (request.headers.origin !== undefined)
    return { status: 403, error: { code: 'MP8021', message: 'web pages may not use the API of the daemon' } }
  const host = request.headers.host
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return { status: 421, error: { code: 'MP8002', message: `this daemon answers at 127.0.0.1:${port} only` } }
  const given = givenToken(request)
  if (given === undefined || !sameSecret(given, token)) {
    const next = 'the token is in daemon.json of the state directory and changes with each start of the daemon'
    return { status: 401, error: { code: 'MP8001', message: 'the token is missing or wrong', next } }
  }
  return undefined
}

/** Names of sub-protocols that the client offers; the token is one of them where headers cannot be set. */
function offeredProtocols(request: IncomingMessage): readonly string[] {
  return (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
}

function givenToken(request: IncomingMessage): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  if (request.headers.upgrade === undefined) return undefined
  return offeredProtocols(request)
    .find((name) => name.startsWith(TOKEN_PROTOCOL))
    ?.slice(TOKEN_PROTOCOL.length)
}

/** Compares digests, so that the time taken tells nothing about the secret or its length. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
