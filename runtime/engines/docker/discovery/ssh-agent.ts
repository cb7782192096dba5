import { type ChildProcess, spawn } from 'node:child_process'
import { Agent } from 'node:http'
import { Duplex } from 'node:stream'

/** Words of ssh that are kept to explain a failure. */
const MAX_WORDS = 2000

/** Connections of HTTP that go through `ssh <host> docker system dial-stdio`, one process each, with the user's own configuration of ssh. */
export class SshAgent extends Agent {
  readonly #command: readonly string[]
  readonly #environment: NodeJS.ProcessEnv

  constructor(url: URL, environment: NodeJS.ProcessEnv) {
    super({ keepAlive: true })
    this.#command = sshCommand(url)
    this.#environment = environment
  }

  override createConnection(): Duplex {
    const [program = 'ssh', ...rest] = this.#command
    return new ProcessStream(spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: this.#environment }))
  }
}

/** The arguments are those of the docker command line: https://docs.docker.com/engine/security/protect-access/. A daemon cannot ask for a password. */
export function sshCommand(url: URL): readonly string[] {
  const { username, hostname, port, pathname } = url
  const socket = pathname === '' || pathname === '/' ? [] : ['--host', `unix://${pathname}`]
  return [
    'ssh',
    ...(username === '' ? [] : ['-l', decodeURIComponent(username)]),
    ...(port === '' ? [] : ['-p', port]),
    ...['-o', 'ConnectTimeout=10', '-o', 'BatchMode=yes', '-o', 'ServerAliveInterval=15', '-T', '--'],
    hostname,
    'docker',
    ...socket,
    'system',
    'dial-stdio',
  ]
}

/** Standard input and output of a process as one stream, with the methods that an agent expects of a socket. */
class ProcessStream extends Duplex {
  readonly #process: ChildProcess
  #words = ''

  constructor(child: ChildProcess) {
    super({ allowHalfOpen: true })
    this.#process = child
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout?.pause()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#words.length < MAX_WORDS) this.#words += text
    })
    // The end of the process says why it takes no more.
    child.stdin?.on('error', () => {})
    child.on('error', (error) => this.destroy(error))
    child.on('close', (code) => {
      if (code === 0 || this.destroyed) this.push(null)
      else this.destroy(Object.assign(new Error(`ssh ended with ${code}: ${this.#words.trim()}`), { code: 'ECONNREFUSED' }))
    })
  }

  override _read(): void {
    this.#process.stdout?.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#process.stdin?.write(chunk, () => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#process.stdin?.end(() => done())
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#process.kill()
    done(error)
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  setTimeout(): this {
    return this
  }

  ref(): this {
    this.#process.ref()
    return this
  }

  unref(): this {
    this.#process.unref()
    return this
  }
}
