import { Server, ServerCredentials, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js'
import { encode, ProtoMessage } from '../../../runtime/meters/protobuf.ts'

/** What the scaler answers; fields of numbers are those of the protocol, the old one and the exact one. */
export interface ScalerAnswers {
  active: boolean
  specs: readonly { readonly name: string; readonly old?: bigint; readonly exact?: number }[]
  values: Readonly<Record<string, readonly { readonly old?: bigint; readonly exact?: number }[]>>
}

type Numbered = { readonly name: string; readonly old?: bigint; readonly exact?: number }
type Call = ServerUnaryCall<Buffer, Buffer>

/** An external scaler of a test, over gRPC. */
export class ExternalScaler implements AsyncDisposable {
  answers: ScalerAnswers = { active: false, specs: [], values: {} }
  readonly heard: {
    readonly method: string
    readonly name: string
    readonly namespace: string
    readonly metadata: Record<string, string>
  }[] = []
  readonly streams = new Set<ServerWritableStream<Buffer, Buffer>>()
  readonly #server = new Server()

  constructor() {
    const raw = (bytes: Buffer): Buffer => bytes
    const method = (name: string, responseStream: boolean) => ({
      path: `/externalscaler.ExternalScaler/${name}`,
      requestStream: false,
      responseStream,
      requestSerialize: raw,
      requestDeserialize: raw,
      responseSerialize: raw,
      responseDeserialize: raw,
    })
    const unary = (name: string, answer: (request: Buffer) => Buffer) => (call: Call, respond: sendUnaryData<Buffer>) => {
      this.#hear(name, call.request)
      respond(null, answer(call.request))
    }
    this.#server.addService(
      {
        IsActive: method('IsActive', false),
        GetMetricSpec: method('GetMetricSpec', false),
        GetMetrics: method('GetMetrics', false),
        StreamIsActive: method('StreamIsActive', true),
      },
      {
        IsActive: unary('IsActive', () => encode([[1, this.answers.active]])),
        GetMetricSpec: unary('GetMetricSpec', () => numbers(this.answers.specs)),
        GetMetrics: unary('GetMetrics', (request) => {
          const name = new ProtoMessage(request).text(2)
          return numbers((this.answers.values[name] ?? []).map((value) => ({ name, ...value })))
        }),
        StreamIsActive: (call: ServerWritableStream<Buffer, Buffer>) => {
          this.#hear('StreamIsActive', call.request)
          this.streams.add(call)
          call.once('cancelled', () => this.streams.delete(call))
        },
      },
    )
  }

  /** Resolves to the port. */
  listen(port = 0, security = ServerCredentials.createInsecure(), host = '127.0.0.1'): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`${host}:${port}`, security, (error, bound) => (error ? reject(error) : resolve(bound)))
    })
  }

  report(active: boolean): void {
    for (const stream of this.streams) stream.write(encode([[1, active]]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.forceShutdown()
    await Promise.resolve()
  }

  #hear(method: string, request: Buffer): void {
    const ref = method === 'GetMetrics' ? new ProtoMessage(request).messages(1)[0] : new ProtoMessage(request)
    const metadata = Object.fromEntries((ref?.messages(3) ?? []).map((pair) => [pair.text(1), pair.text(2)]))
    this.heard.push({ method, name: ref?.text(1) ?? '', namespace: ref?.text(2) ?? '', metadata })
  }
}

function numbers(list: readonly Numbered[]): Buffer {
  return encode(
    list.map(({ name, old = 0n, exact = 0 }) => [
      1,
      encode([
        [1, name],
        [2, old],
        [3, exact],
      ]),
    ]),
  )
}
