import { request } from 'node:http'
import { WebSocket } from 'ws'
import { type Api, openApi } from '../../runtime/api/api.ts'
import { createSessionBook } from '../../runtime/daemon/session-book.ts'
import { renderMetrics } from '../../runtime/metrics/exposition.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { instant } from '../../src/kernel/instant.ts'
import { silentLogger } from '../../src/kernel/logger.ts'
import { VirtualClock } from '../../src/kernel/virtual-clock.ts'
import type { Refusal } from '../../src/wire/answers.ts'
import { createFakeEnvironments, type FakeEnvironments } from './fake-environments.ts'

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** JSON, or text sent as it is. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
  readonly body: unknown
}

/** What a socket has received and how it ended. */
export interface Socket {
  readonly frames: (string | Buffer)[]
  readonly json: unknown[]
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  readonly protocol: string
  send(frame: string | Uint8Array): void
  close(code?: number): void
  /** Ends the connection without a goodbye. */
  cut(): void
  pause(): void
  resume(): void
}

export type Opening = { readonly opened: true; readonly socket: Socket } | { readonly opened: false; readonly answer: Answer }

/** The API on a real port over fake environments. Sessions run on a virtual clock. */
export class ApiWorld implements AsyncDisposable {
  readonly token = 'a-token-of-this-test-0123456789abcdef'
  readonly sessionClock = new VirtualClock()
  readonly environments: FakeEnvironments
  readonly internalErrors: { readonly error: unknown; readonly during: string }[] = []
  readonly shutdowns: string[] = []
  clients = 0
  #api: Api | undefined

  private constructor(environments: FakeEnvironments) {
    this.environments = environments
  }

  static async open(options: { readonly eventCapacity?: number } = {}): Promise<ApiWorld> {
    const world = new ApiWorld(createFakeEnvironments({ clock: systemClock, ...options }))
    const { environments } = world
    world.#api = await openApi({
      environments,
      clock: systemClock,
      logger: silentLogger,
      token: world.token,
      version: { version: '1.2.3', pid: 77, startedAt: instant(5), instance: 'inst' },
      sessions: createSessionBook({
        clock: world.sessionClock,
        endSession: (session) => environments.endSession(session),
        onError: (error) => world.internalErrors.push({ error, during: 'session' }),
      }),
      lifeCycle: {
        clientPresent: () => {
          world.clients++
          return { [Symbol.dispose]: () => void world.clients-- }
        },
        shutdown: async (reason) => {
          world.shutdowns.push(reason)
          return { stopping: true }
        },
        shutdownIfIdle: async () => (environments.idle() ? { stopping: true } : { stopping: false, reason: 'applications are there' }),
        reportInternal: (error, during) => {
          world.internalErrors.push({ error, during })
          return 'please report it'
        },
      },
      metrics: () => renderMetrics(environments, { version: '1.2.3', startedAt: instant(5000), residentBytes: 1 }),
    })
    return world
  }

  get port(): number {
    if (this.#api === undefined) throw new Error('the API is not open')
    return this.#api.port
  }

  /** A request as a good client sends it; headers given as undefined are left out. */
  ask(path: string, { method, headers = {}, body }: Ask = {}): Promise<Answer> {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const all = {
      authorization: `Bearer ${this.token}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    }
    const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
    return new Promise((resolve, reject) => {
      const asking = request(
        {
          host: '127.0.0.1',
          port: this.port,
          path,
          method: method ?? (body === undefined ? 'GET' : 'POST'),
          headers: sent,
          agent: false,
          setHost: !('host' in headers),
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString('utf8'))))
        },
      )
      asking.on('error', reject)
      asking.end(payload)
    })
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', body })
  }

  /** Tries a WebSocket; a refusal is the HTTP answer to the hand-shake. */
  connect(path: string, options: { readonly headers?: Ask['headers']; readonly protocols?: readonly string[] } = {}): Promise<Opening> {
    const all = { authorization: `Bearer ${this.token}`, ...options.headers }
    const headers = Object.fromEntries(Object.entries(all).filter((entry) => entry[1] !== undefined))
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}${path}`, [...(options.protocols ?? [])], { headers })
    const frames: (string | Buffer)[] = []
    const json: unknown[] = []
    socket.on('message', (data, binary) => {
      const bytes = data as Buffer
      frames.push(binary ? bytes : bytes.toString('utf8'))
      if (!binary) json.push(JSON.parse(bytes.toString('utf8')))
    })
    const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)))
    return new Promise((resolve, reject) => {
      socket.once('unexpected-response', (_request, response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
        })
        response.on('end', () => resolve({ opened: false, answer: answerOf(response.statusCode ?? 0, response.headers, text) }))
      })
      socket.on('error', reject)
      socket.once('open', () =>
        resolve({
          opened: true,
          socket: {
            frames,
            json,
            closed,
            protocol: socket.protocol,
            send: (frame) => socket.send(frame),
            close: (code) => socket.close(code),
            cut: () => socket.terminate(),
            pause: () => socket.pause(),
            resume: () => socket.resume(),
          },
        }),
      )
    })
  }

  /** A WebSocket that is expected to open. */
  async stream(path: string): Promise<Socket> {
    const opening = await this.connect(path)
    if (!opening.opened) throw new Error(`${path} was refused: ${opening.answer.text}`)
    return opening.socket
  }

  async close(): Promise<void> {
    await this.#api?.close()
    this.#api = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function answerOf(status: number, headers: Answer['headers'], text: string): Answer {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  return { status, headers, text, body }
}

/** The error of a refusal. */
export function refusalIn(answer: Answer): Refusal['error'] {
  const { error } = (answer.body ?? {}) as Partial<Refusal>
  if (error === undefined) throw new Error(`not a refusal: ${answer.status} ${answer.text}`)
  return error
}
