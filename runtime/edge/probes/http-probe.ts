import { type ClientRequest, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { EdgeProbe } from '../../../src/model/edge.ts'
import { explainError, type ProbeResult } from './probe-result.ts'

type HttpAction = Extract<EdgeProbe['action'], { by: 'http' }>

/** 2xx and 3xx are good, redirects are not followed, certificates not checked. Source: Kubernetes, HTTP probes. */
export function probeHttp(probe: EdgeProbe, action: HttpAction, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'minipaas-probe', connection: 'close' }
    if (action.host !== undefined) headers.host = action.host
    for (const header of action.headers) headers[header.name.toLowerCase()] = header.value
    const options = { host: probe.host, port: probe.port, path: action.path || '/', method: 'GET', headers, agent: false, signal } as const
    let request: ClientRequest
    try {
      request = action.scheme === 'https' ? requestHttps({ ...options, rejectUnauthorized: false }) : requestHttp(options)
    } catch (error) {
      resolve({ ok: false, detail: explainError(error) })
      return
    }
    request
      .on('response', (response) => {
        const status = response.statusCode ?? 0
        resolve({ ok: status >= 200 && status < 400, detail: `HTTP ${status}` })
        // The status is all that counts; the body is not waited for.
        request.destroy()
      })
      .on('error', (error) => resolve({ ok: false, detail: explainError(error) }))
      .end()
  })
}
