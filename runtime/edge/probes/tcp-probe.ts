import { connect } from 'node:net'
import type { EdgeProbe } from '../../../src/model/edge.ts'
import { explainError, type ProbeResult } from './probe-result.ts'

/** Good when the port accepts. Source: Kubernetes, TCP probes. */
export function probeTcp(probe: EdgeProbe, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: probe.host, port: probe.port })
    const abort = (): void => {
      socket.destroy()
      resolve({ ok: false, detail: 'no connection in time' })
    }
    signal.addEventListener('abort', abort, { once: true })
    socket
      .on('connect', () => {
        resolve({ ok: true, detail: 'connected' })
        socket.destroy()
      })
      .on('error', (error) => resolve({ ok: false, detail: explainError(error) }))
      .on('close', () => signal.removeEventListener('abort', abort))
  })
}
