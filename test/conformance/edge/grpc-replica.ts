import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type StatusObject,
  type sendUnaryData,
} from '@grpc/grpc-js'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import type { EdgeReplica } from '../../../src/model/edge.ts'
import { aReplica } from './edge-world.ts'

const same = (bytes: Buffer): Buffer => bytes

function method(name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/shop.Stock/${name}`,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  }
}

const service = {
  ask: method('Ask', false, false),
  wait: method('Wait', false, false),
  fail: method('Fail', false, false),
  list: method('List', false, true),
  collect: method('Collect', true, false),
  talk: method('Talk', true, true),
}

/** A server of gRPC that stands for a replica: messages are plain text, most answers begin with its name. */
export class GrpcReplica implements AsyncDisposable {
  readonly name: string
  /** Texts of the calls so far. */
  readonly asked: string[] = []
  /** Calls of `Wait` that run: calling one answers it. */
  readonly waiting: (() => void)[] = []
  cancelled = 0
  deadline: number | undefined
  readonly #server: Server
  readonly #replica: string
  #port = 0

  private constructor(name: string, replica: string) {
    this.name = name
    this.#replica = replica
    this.#server = new Server({ 'grpc.max_receive_message_length': -1 })
    this.#server.addService(service, {
      ask: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => this.#ask(call, answer),
      wait: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => this.#wait(call, answer),
      fail: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => this.#fail(call, answer),
      list: (call: ServerWritableStream<Buffer, Buffer>) => this.#list(call),
      collect: (call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => this.#collect(call, answer),
      talk: (call: ServerDuplexStream<Buffer, Buffer>) => this.#talk(call),
    })
  }

  static async start(name = 'one', options: { readonly replica?: string; readonly port?: number } = {}): Promise<GrpcReplica> {
    const created = new GrpcReplica(name, options.replica ?? 'web--a.0')
    created.#port = await new Promise<number>((resolve, reject) => {
      created.#server.bindAsync(`127.0.0.1:${options.port ?? 0}`, ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port)
        else reject(error)
      })
    })
    return created
  }

  replica(): EdgeReplica {
    return aReplica(this.#replica, this.#port)
  }

  /** Ends as an application does that is asked to: GOAWAY, then what runs. */
  async finish(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()))
  }

  /** Ends as an application that crashes. */
  crash(): void {
    this.#server.forceShutdown()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown()
    await Promise.resolve()
  }

  #ask(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
    this.asked.push(call.request.toString())
    const first = new Metadata()
    first.set('x-seen', String(call.metadata.get('x-asked')[0] ?? ''))
    call.sendMetadata(first)
    const last = new Metadata()
    last.set('x-after', 'after')
    last.set('x-bytes-bin', Buffer.from([0, 255, 1]))
    const name = Buffer.from(`${this.name}:`)
    answer(null, Buffer.concat([name, call.request]), last)
  }

  #wait(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
    const deadline = call.getDeadline()
    this.deadline = Number(deadline)
    call.on('cancelled', () => this.cancelled++)
    this.waiting.push(() => answer(null, Buffer.from(this.name)))
  }

  #fail(call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
    const metadata = new Metadata()
    metadata.set('x-why', 'sold out')
    answer({ code: Number(call.request.toString()), details: 'nichts übrig: 100 %', metadata })
  }

  #list(call: ServerWritableStream<Buffer, Buffer>): void {
    const count = Number(call.request.toString())
    const block = Buffer.alloc(16 * 1024, 97)
    let sent = 0
    const write = (): void => {
      while (sent < count) {
        sent++
        this.asked.push(String(sent))
        if (!call.write(count > 100 ? block : Buffer.from(`${this.name}:${sent}`))) {
          call.once('drain', write)
          return
        }
      }
      call.end()
    }
    call.on('cancelled', () => this.cancelled++)
    write()
  }

  #collect(call: ServerReadableStream<Buffer, Buffer>, answer: sendUnaryData<Buffer>): void {
    let bytes = 0
    let count = 0
    call.on('data', (message: Buffer) => {
      bytes += message.length
      count++
    })
    call.on('end', () => answer(null, Buffer.from(`${this.name}:${count}:${bytes}`)))
  }

  #talk(call: ServerDuplexStream<Buffer, Buffer>): void {
    call.on('data', (message: Buffer) => void call.write(Buffer.from(`${this.name}:${message.toString()}`)))
    call.on('end', () => call.end())
    call.on('cancelled', () => this.cancelled++)
  }
}

export interface Reply {
  readonly text: string
  readonly first: Metadata
  readonly status: StatusObject
}

/** A client of gRPC with one channel of its own, hence one connection. */
export class GrpcClient implements Disposable {
  readonly client: Client

  constructor(port: number, options: Record<string, string | number> = {}) {
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.max_receive_message_length': -1,
      ...options,
    })
  }

  /** A call without streams; an error of it is what grpc-js gives, with code and details. */
  call(
    name: 'ask' | 'wait' | 'fail',
    text: string | Buffer = '',
    options: { readonly deadlineMs?: number; readonly asked?: string } = {},
  ): Promise<Reply> {
    const { path, requestSerialize, responseDeserialize } = service[name]
    const metadata = new Metadata()
    if (options.asked !== undefined) metadata.set('x-asked', options.asked)
    const deadline = options.deadlineMs === undefined ? {} : { deadline: inTime(options.deadlineMs) }
    return new Promise((resolve, reject) => {
      let answered: string | undefined
      let first = new Metadata()
      const call = this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        Buffer.from(text),
        metadata,
        deadline,
        (error, answer) => {
          if (error !== null) reject(error)
          else answered = answer?.toString() ?? ''
        },
      )
      call.on('metadata', (received) => {
        first = received
      })
      call.on('status', (status) => {
        if (answered !== undefined) resolve({ text: answered, first, status })
      })
    })
  }

  async ask(text: string | Buffer = ''): Promise<string> {
    return (await this.call('ask', text)).text
  }

  /** The failure of a call that must fail. */
  async failure(call: Promise<unknown>): Promise<ServiceError> {
    return call.then(
      () => {
        throw new Error('the call did not fail')
      },
      (error: ServiceError) => error,
    )
  }

  list(count: number): ClientReadableStream<Buffer> {
    const { path, requestSerialize, responseDeserialize } = service.list
    return this.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, Buffer.from(String(count)))
  }

  talk(): ClientDuplexStream<Buffer, Buffer> {
    const { path, requestSerialize, responseDeserialize } = service.talk
    return this.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  }

  collect(messages: readonly Buffer[]): Promise<string> {
    const { path, requestSerialize, responseDeserialize } = service.collect
    return new Promise((resolve, reject) => {
      const call = this.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, (error, answer) => {
        if (error !== null) reject(error)
        else resolve(answer?.toString() ?? '')
      })
      for (const message of messages) call.write(message)
      call.end()
    })
  }

  [Symbol.dispose](): void {
    this.client.close()
  }
}

function inTime(ms: number): number {
  return systemClock.now() + ms
}
