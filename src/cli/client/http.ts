import { request as startRequest } from 'node:http'
import type { Discovery, Refusal } from '../../wire/answers.ts'
import { DaemonGoneError, exitForStatus, RefusalError } from '../refusal-error.ts'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
}

/** Asks the daemon; throws a `RefusalError` for what it refuses and a `DaemonGoneError` when it does not answer. */
export function callDaemon(discovery: Discovery, call: Call): Promise<unknown> {
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body)
  return new Promise((resolve, reject) => {
    const request = startRequest(
      {
        host: '127.0.0.1',
        port: discovery.port,
        method: call.method,
        path: call.path,
        agent: false,
        headers: {
          authorization: `Bearer ${discovery.token}`,
          ...(payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('error', (error) => reject(new DaemonGoneError(error.message)))
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status >= 200 && status < 300) resolve(text === '' ? undefined : parse(text))
          else reject(refusalOf(status, text))
        })
      },
    )
    request.on('error', (error) => reject(new DaemonGoneError(error.message)))
    request.end(payload)
  })
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
export function refusalIn(value: unknown): Refusal['error'] | undefined {
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
