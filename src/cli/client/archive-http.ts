import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Discovery } from '../../wire/answers.ts'
import { ARCHIVE_TYPE } from '../../wire/api-routes.ts'
import { DaemonGoneError } from '../refusal-error.ts'
import { refusalOf } from './http.ts'

/** Asks for an archive; throws what the daemon refuses. The rest comes while it is read. */
export async function download(discovery: Discovery, path: string): Promise<AsyncIterable<Uint8Array>> {
  const asking = open(discovery, 'GET', path)
  asking.end()
  const response = await answerOf(asking)
  if (response.statusCode !== 200) throw refusalOf(response.statusCode ?? 0, await text(response))
  return piecesOf(response)
}

/** Sends an archive as it comes; throws what the daemon refuses, which may be before all of it is sent. */
export async function upload(discovery: Discovery, path: string, archive: AsyncIterable<Uint8Array>): Promise<void> {
  const asking = open(discovery, 'PUT', path)
  const answer = answerOf(asking)
  const source = new WatchedSource(archive)
  // A refused upload stops in the middle; why is in the answer.
  const sending = pipeline(Readable.from(source, { objectMode: false }), asking).catch(() => undefined)
  try {
    const response = await answer
    if (response.statusCode !== 200) throw refusalOf(response.statusCode ?? 0, await text(response))
    response.resume()
  } catch (error) {
    throw source.failure === undefined ? error : source.failure.error
  } finally {
    asking.destroy()
    await sending
  }
}

/** Remembers that the source itself failed, and not whoever it is sent to. */
class WatchedSource implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>
  failure: { readonly error: unknown } | undefined

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#source
    } catch (error) {
      this.failure = { error }
      throw error
    }
  }
}

function open(discovery: Discovery, method: 'GET' | 'PUT', path: string): ClientRequest {
  return request({
    host: '127.0.0.1',
    port: discovery.port,
    method,
    path,
    agent: false,
    headers: { authorization: `Bearer ${discovery.token}`, ...(method === 'PUT' ? { 'content-type': ARCHIVE_TYPE } : {}) },
  })
}

function answerOf(asking: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asking.on('error', (error) => reject(new DaemonGoneError(error.message)))
    asking.once('response', resolve)
  })
}

async function* piecesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of response) yield piece as Uint8Array
  } catch (error) {
    throw new DaemonGoneError(`the archive broke off (${error instanceof Error ? error.message : String(error)})`)
  }
}
