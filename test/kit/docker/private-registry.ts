import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { eventually } from '../eventually.ts'
import { ensureDebianPackages, findProgram } from './debian-packages.ts'

const USER = 'shopkeeper'
/** A colon separates user and password in `auth` entries: only the first one does. */
const PASSWORD = 'open:sesame-7'
const WAYS_OUT = 'Without it nothing can be pulled from a registry with a password.'

/** A registry of this machine that wants a password: Debian's docker-registry on a loopback port, ended with the block. */
export class PrivateRegistry implements AsyncDisposable {
  readonly user = USER
  readonly password = PASSWORD
  readonly #folder: string
  readonly #child: ChildProcess
  /** `127.0.0.1:<port>`, as in the names of its images. */
  readonly host: string

  private constructor(folder: string, host: string, child: ChildProcess) {
    this.#folder = folder
    this.host = host
    this.#child = child
  }

  /** Resolves when it answers. */
  static async start(): Promise<PrivateRegistry> {
    ensureDebianPackages({ 'docker-registry': 'docker-registry', htpasswd: 'apache2-utils' }, WAYS_OUT)
    const folder = mkdtempSync(join(tmpdir(), 'minipaas-registry-'))
    const host = `127.0.0.1:${await freePort()}`
    writeFileSync(join(folder, 'htpasswd'), passwordFile())
    writeFileSync(join(folder, 'config.yml'), JSON.stringify(configuration(folder, host)))
    const child = spawn(findProgram('docker-registry') ?? 'docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' })
    const registry = new PrivateRegistry(folder, host, child)
    await eventually(async () => {
      // Without a password it answers that it wants one.
      const { status } = await fetch(`http://${host}/v2/`)
      return status === 401 ? true : undefined
    })
    return registry
  }

  /** Puts an image with a layer that nobody else has here, and makes the engine forget it; resolves to its digest. */
  async publish(docker: Docker, from: string, to: string): Promise<string> {
    const colon = to.lastIndexOf(':')
    const command = ['dd', 'if=/dev/urandom', 'of=/random', 'bs=1M', 'count=3']
    const container = await docker.createContainer({ Image: from, Entrypoint: '', Cmd: command, HostConfig: { NetworkMode: 'none' } })
    try {
      await container.start()
      await container.wait()
      await container.commit({ repo: to.slice(0, colon), tag: to.slice(colon + 1) })
    } finally {
      await container.remove({ force: true })
    }
    const authconfig = { username: this.user, password: this.password, serveraddress: this.host }
    let text = ''
    for await (const chunk of await docker.getImage(to).push({ authconfig })) text += String(chunk)
    await docker.getImage(to).remove()
    const digest = /"Digest":"(sha256:[0-9a-f]+)"/.exec(text)?.[1]
    if (digest === undefined) throw new Error(`${to} was not pushed: ${text}`)
    return digest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The registry knows bcrypt only. */
function passwordFile(): string {
  const { stdout, status } = spawnSync(findProgram('htpasswd') ?? 'htpasswd', ['-niB', USER], { input: PASSWORD, encoding: 'utf8' })
  if (status !== 0) throw new Error('htpasswd made no password file')
  return stdout
}

function configuration(folder: string, host: string): unknown {
  return {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host, secret: 'only for these tests' },
    auth: { htpasswd: { realm: 'minipaas tests', path: join(folder, 'htpasswd') } },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
