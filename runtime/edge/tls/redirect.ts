import type { Answer } from '../backend.ts'

/** 308 keeps method and body. Source: ingress-nginx, `http-redirect-code`. */
const REDIRECT = 308

/** Sends a request over plain HTTP to the same address with `https`. */
export function redirectToHttps(host: string, target: string, port: number): Answer {
  if (host === '') return { status: 400, reason: 'this route is served over https, and a request without a host cannot be sent there' }
  const location = `https://${host}${port === 443 ? '' : `:${port}`}${target}`
  return { status: REDIRECT, reason: `this route is served over https at port ${port}`, location }
}
