import { connect } from 'node:net'
import type { Discovery, Refusal } from '../../wire/answers.ts'
import { DaemonGoneError, exitForStatus, RefusalError } from '../refusal-error.ts'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
}

/**
 * Asks the daemon; throws a `RefusalError` for what it refuses and a `DaemonGoneError` when it does not answer. Speaks
 * HTTP/1.0 (one question per connection, no chunks) by itself: loading and warming up `node:http` would be a fifth of
 * the time that a short command takes.
 */
export function callDaemon(discovery: Discovery, call: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect({ host: '127.0.0.1', port: discovery.port, noDelay: true })
    socket.on('error', (error) => reject(new DaemonGoneError(error.message)))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => {
      const answer = readAnswer(Buffer.concat(chunks))
      if (answer === undefined) reject(new DaemonGoneError('its answer is incomplete'))
      else if (answer.status >= 200 && answer.status < 300) resolve(answer.body === '' ? undefined : parse(answer.body))
      else reject(refusalOf(answer.status, answer.body))
    })
    socket.write(requestText(discovery, call))
  })
}

function requestText(discovery: Discovery, { method, path, body }: Call): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const entity = body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]
  const head = [
    `${method} ${path} HTTP/1.0`,
    `host: 127.0.0.1:${discovery.port}`,
    `authorization: Bearer ${discovery.token}`,
    'connection: close',
    ...entity,
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

/** Status and body; undefined when the answer is none or was cut off. */
function readAnswer(bytes: Buffer): { readonly status: number; readonly body: string } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const body = bytes.subarray(headEnd + 4)
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (status === undefined || (length !== undefined && Number(length) !== body.length)) return undefined
  return { status: Number(status), body: body.toString('utf8') }
}

/** An answer that is no success, as an error. */
export function refusalOf(status: number, text: string): RefusalError {
  const error = refusalIn(parse(text))
  if (error === undefined) return new DaemonGoneError(`HTTP ${status} ${text.slice(0, 200)}`)
  if (error.code === STOPPING) return new DaemonGoneError(error.message)
  return new StatusRefusalError(error, status)
}

/** What a daemon answers from the moment it hands over. */
const STOPPING = 'MP8028'

/** The error of a body that is a refusal. */
function refusalIn(value: unknown): Refusal['error'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { error } = value as Partial<Refusal>
  const isRefusal = typeof error === 'object' && error !== null && typeof error.code === 'string' && typeof error.message === 'string'
  return isRefusal ? error : undefined
}

/** A refusal that came over HTTP. */
export class StatusRefusalError extends RefusalError {
  readonly status: number

  constructor(refusal: Refusal['error'], status: number) {
    super(refusal, exitForStatus(status, refusal))
    this.name = 'StatusRefusalError'
    this.status = status
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One item of a stream; a refusal is the last one of a stream that failed. */
export function itemOf<T>(message: string | Uint8Array): T {
  const value: unknown = JSON.parse(typeof message === 'string' ? message : Buffer.from(message).toString('utf8'))
  const refusal = refusalIn(value)
  if (refusal !== undefined) throw new RefusalError(refusal, 'failed')
  return value as T
}
