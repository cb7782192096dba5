import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { EDGE_NODE_FLAGS } from '../../../runtime/engines/shared/edge-channel.ts'
import type { EdgeMessage, EdgeTable, ToEdge } from '../../../src/model/edge.ts'
import { FrameReader, writeFrame } from '../../../src/wire/edge-frames.ts'
import { eventually } from '../../kit/eventually.ts'

type MessageOf<T extends EdgeMessage['type']> = Extract<EdgeMessage, { type: T }>

/** The messages of one controller's channel to an edge, whatever carries it. */
export class TestController implements Disposable {
  readonly messages: EdgeMessage[] = []
  closed = false
  readonly #write: (text: string) => void
  readonly #end: () => void

  constructor(input: NodeJS.ReadableStream, write: (text: string) => void, end: () => void) {
    this.#write = write
    this.#end = end
    const reader = new FrameReader<EdgeMessage>()
    input.on('data', (chunk: Buffer) => this.messages.push(...reader.push(chunk)))
    input.on('close', () => {
      this.closed = true
    })
  }

  static async open(path: string): Promise<TestController> {
    return eventually(async () => {
      const socket = await new Promise<Socket>((resolve, reject) => {
        const attempt: Socket = connect(path, () => resolve(attempt)).once('error', reject)
      })
      socket.on('error', () => {})
      return new TestController(
        socket,
        (text) => socket.write(text),
        () => socket.destroy(),
      )
    })
  }

  send(message: ToEdge | string): void {
    this.#write(typeof message === 'string' ? message : writeFrame(message))
  }

  async first<T extends EdgeMessage['type']>(type: T): Promise<MessageOf<T>> {
    return eventually(() => this.messages.find((message): message is MessageOf<T> => message.type === type))
  }

  all<T extends EdgeMessage['type']>(type: T): readonly MessageOf<T>[] {
    return this.messages.filter((message): message is MessageOf<T> => message.type === type)
  }

  async push(table: EdgeTable): Promise<MessageOf<'ack'>> {
    this.send({ type: 'table', table })
    return eventually(() =>
      this.messages.find((message): message is MessageOf<'ack'> => message.type === 'ack' && message.version === table.version),
    )
  }

  [Symbol.dispose](): void {
    this.#end()
  }
}

/** The edge as a program of its own. */
export class EdgeProcess implements AsyncDisposable {
  readonly child: ChildProcess
  exit: number | string | undefined
  errors = ''

  constructor(
    program: string,
    directory: string,
    control: 'socket' | 'stdio' = 'socket',
    more: { readonly args?: readonly string[]; readonly path?: string } = {},
  ) {
    const { args = [], path = process.env['PATH'] } = more
    this.child = spawn(
      process.execPath,
      [...EDGE_NODE_FLAGS, program, '--directory', directory, '--environment', 'test', '--control', control, ...args],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, PATH: path },
      },
    )
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString()
    })
    this.child.on('close', (code, signal) => {
      this.exit = code ?? signal ?? 0
    })
  }

  /** Takes its standard streams as the channel of a controller. */
  controlled(): TestController {
    const { stdin, stdout } = this.child
    if (stdin === null || stdout === null) throw new Error('no streams')
    return new TestController(
      stdout,
      (text) => stdin.write(text),
      () => stdin.end(),
    )
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async ended(): Promise<number | string> {
    return eventually(() => this.exit)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.exit === undefined) this.kill('SIGKILL')
    await this.ended()
  }
}
