import { connect } from 'node:http2'
import type { EdgeProbe } from '../../../src/model/edge.ts'
import { explainError, type ProbeResult } from './probe-result.ts'

type GrpcAction = Extract<EdgeProbe['action'], { by: 'grpc' }>

const STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']
const MAX_ANSWER = 4096

/** Good when `grpc.health.v1.Health/Check` says SERVING. Source: the gRPC health checking protocol; Kubernetes, gRPC probes. */
export function probeGrpc(probe: EdgeProbe, action: GrpcAction, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const host = probe.host.includes(':') ? `[${probe.host}]` : probe.host
    const session = connect(`http://${host}:${probe.port}`)
    const finish = (result: ProbeResult): void => {
      signal.removeEventListener('abort', abort)
      session.destroy()
      resolve(result)
    }
    const abort = (): void => finish({ ok: false, detail: 'no answer in time' })
    signal.addEventListener('abort', abort, { once: true })
    session.on('error', (error) => finish({ ok: false, detail: explainError(error) }))
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'minipaas-probe',
    })
    const parts: Buffer[] = []
    let length = 0
    let grpcStatus: string | undefined
    stream
      .on('response', (headers) => {
        grpcStatus = textOf(headers['grpc-status'])
        if (headers[':status'] !== 200) finish({ ok: false, detail: `HTTP ${headers[':status']}` })
      })
      .on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= MAX_ANSWER) parts.push(chunk)
      })
      .on('trailers', (trailers) => {
        grpcStatus = textOf(trailers['grpc-status'])
      })
      .on('error', (error) => finish({ ok: false, detail: explainError(error) }))
      .on('close', () => finish(judge(Buffer.concat(parts), grpcStatus)))
      .end(encodeCheck(action.service ?? ''))
  })
}

/** A HealthCheckRequest as one message: its only field is the service's name, number 1, length-delimited. */
export function encodeCheck(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), encodeVarint(name.length), name])
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** The status of a HealthCheckResponse message: field number 1, a varint; absent means 0. */
export function decodeStatus(frame: Buffer): number | undefined {
  if (frame.length < 5 || frame[0] !== 0) return undefined
  const message = frame.subarray(5, 5 + frame.readUInt32BE(1))
  if (message.length === 0) return 0
  return message[0] === 0x08 ? message[1] : undefined
}

function judge(frame: Buffer, grpcStatus: string | undefined): ProbeResult {
  if (grpcStatus !== undefined && grpcStatus !== '0') return { ok: false, detail: `gRPC status ${grpcStatus}` }
  const status = decodeStatus(frame)
  if (status === undefined) return { ok: false, detail: 'the answer is not one of the health protocol' }
  return { ok: status === 1, detail: STATUS_NAMES[status] ?? `status ${status}` }
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, rest])
}

function textOf(value: string | string[] | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value)
}
