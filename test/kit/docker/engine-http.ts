import { createReadStream } from 'node:fs'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'

/** A call of the engine's API without a client library, for what has to work before and after everything else. */
export interface EngineCall {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: unknown
  /** File to send instead of a body. */
  readonly file?: string
}

export interface EngineAnswer {
  readonly status: number
  readonly text: string
}

/** Where an endpoint such as `unix:///run/docker.sock` or `tcp://127.0.0.1:2375` is. Throws for forms that need more than an address (ssh, TLS). */
export function addressOf(endpoint: string): { readonly socketPath: string } | { readonly host: string; readonly port: number } {
  const [, scheme, rest] = /^(\w+):\/\/(.*)$/.exec(endpoint) ?? []
  if (scheme === 'unix' || scheme === 'npipe') return { socketPath: rest ?? '' }
  if (scheme === 'tcp' || scheme === 'http') {
    const { hostname, port } = new URL(`http://${rest}`)
    return { host: hostname, port: Number(port || 2375) }
  }
  throw new Error(`tests reach an engine at unix://, npipe:// or tcp://, not at ${endpoint}`)
}

/** Asks the engine and reads the whole answer, whatever its status. Rejects when there is no answer. */
export function askEngine(endpoint: string, path: string, { method = 'GET', body, file }: EngineCall = {}): Promise<EngineAnswer> {
  const json = body === undefined ? undefined : JSON.stringify(body)
  const type = file === undefined ? 'application/json' : 'application/x-tar'
  const options: RequestOptions = { ...addressOf(endpoint), path, method, agent: false, headers: { 'content-type': type } }
  return new Promise((resolve, reject) => {
    const asking = request(
      options,
      (response) => void textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject),
    )
    asking.on('error', reject)
    if (file === undefined) asking.end(json)
    else createReadStream(file).on('error', reject).pipe(asking)
  })
}

/** The same for an answer that has to be good: its JSON, undefined when it has none. Throws the engine's own words otherwise. */
export async function callEngine<T = unknown>(endpoint: string, path: string, call: EngineCall = {}): Promise<T> {
  const { status, text } = await askEngine(endpoint, path, call)
  if (status >= 400) throw new Error(`${call.method ?? 'GET'} ${path}: ${status} ${text.trim()}`)
  return (text.trim() === '' ? undefined : JSON.parse(text)) as T
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
