import * as grpc from '@grpc/grpc-js'

const same = (bytes: Buffer): Buffer => bytes
const bytes = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same }
const methods = {
  say: { path: '/test.Echo/Say', requestStream: false, responseStream: false, ...bytes },
  talk: { path: '/test.Echo/Talk', requestStream: true, responseStream: true, ...bytes },
} as const

/** Calls whose messages come back, over one channel of grpc-js. */
export class EchoClient implements Disposable {
  readonly #client: grpc.Client

  constructor(port: number, authority?: string) {
    const options = authority === undefined ? {} : { 'grpc.default_authority': authority }
    this.#client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options)
  }

  /** A unary call; also says which replica answered. */
  say(text: string): Promise<{ readonly text: string; readonly replica: string }> {
    const { path, requestSerialize, responseDeserialize } = methods.say
    return new Promise((resolve, reject) => {
      let replica = ''
      const call = this.#client.makeUnaryRequest(path, requestSerialize, responseDeserialize, Buffer.from(text), (error, answer) => {
        if (error === null) resolve({ text: String(answer), replica })
        else reject(error)
      })
      call.on('metadata', (metadata) => {
        replica = String(metadata.get('x-replica')[0])
      })
    })
  }

  /** A bidirectional stream in which each message waits for the echo of the one before. */
  converse(texts: readonly string[]): Promise<readonly string[]> {
    const { path, requestSerialize, responseDeserialize } = methods.talk
    return new Promise((resolve, reject) => {
      const heard: string[] = []
      const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
      const next = (): void => {
        const text = texts[heard.length]
        if (text === undefined) call.end()
        else call.write(Buffer.from(text))
      }
      call.on('data', (message: Buffer) => {
        heard.push(String(message))
        next()
      })
      call.on('error', reject)
      call.on('end', () => resolve(heard))
      next()
    })
  }

  [Symbol.dispose](): void {
    this.#client.close()
  }
}
