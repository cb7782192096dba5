import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { WebSocket } from 'ws'
import type { Discovery } from '../../src/wire/answers.ts'
import { eventually } from './eventually.ts'

/** Bundles a daemon into one CommonJS file, as the build does: express cannot be bundled as an ES module. */
export async function bundleDaemon(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, `${entry.replaceAll('/', '-').replace(/\.ts$/, '')}.cjs`)
  await build({
    entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    external: ['bufferutil', 'utf-8-validate'],
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  })
  return outfile
}

/** A daemon as a process of its own over a state directory. */
export class DaemonProcess {
  readonly home: string
  readonly ended: Promise<number | string>
  readonly child: ChildProcess
  output = ''

  constructor(program: string, home: string, environment: Readonly<Record<string, string>> = {}) {
    this.home = home
    this.child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH ?? '', MINIPAAS_HOME: home, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8')
      })
    }
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** The discovery that this process wrote. */
  ready(): Promise<Discovery> {
    return eventually(() => {
      const found = readDiscovery(this.home)
      if (found?.pid === this.pid) return found
      if (!this.isRunning()) throw new Error(`the daemon ended: ${this.output}`)
      return undefined
    })
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }
}

export function readDiscovery(home: string): Discovery | undefined {
  const path = join(home, 'daemon.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Discovery) : undefined
}

/** Asks a daemon; answers status and JSON. */
export function askDaemon(
  { port, token }: Discovery,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path,
        agent: false,
        method: payload === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
      },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) }))
      },
    )
    asking.on('error', reject)
    asking.end(payload)
  })
}

/** A WebSocket to a daemon, open. */
export function openSocket({ port, token }: Discovery, path: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}
