const IDEMPOTENT = new Set(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Whether a request may be sent a second time when nothing is known of the first. Source: RFC 9110, 9.2.2: "A proxy MUST NOT automatically retry non-idempotent requests." */
export function isIdempotent(method: string): boolean {
  return method === 'GET' || IDEMPOTENT.has(method)
}
