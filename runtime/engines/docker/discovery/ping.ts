import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { openConnection } from './connection.ts'
import type { EngineEndpoint } from './endpoint.ts'

/** Resolves when `GET /_ping` is answered as an engine does; rejects with why not. */
export async function ping(endpoint: EngineEndpoint, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const { agent, protocol, close, ...place } = openConnection(endpoint, environment)
  const path = `${place.pathPrefix}_ping`
  try {
    const { status, body } = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = (protocol === 'https' ? httpsRequest : httpRequest)({ ...place, agent, path, signal }, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          // What answers with a book is no engine.
          if (body.length < 1024) body += chunk
        })
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      })
      request.on('error', reject)
      request.end()
    })
    if (status !== 200 || !body.startsWith('OK')) throw new Error(`what listens there is no container engine (it answered ${status})`)
  } finally {
    close()
  }
}
