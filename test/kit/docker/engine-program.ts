import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { after, type Millis } from '../../../src/kernel/instant.ts'
import { askEngine } from './engine-http.ts'

const START_LIMIT: Millis = 60_000
/** Longer than any of them gives to its containers, and ours are removed before. */
const STOP_LIMIT: Millis = 20_000
const PAUSE: Millis = 20
const LAST_LINES = 15

/** An engine over a folder that holds everything it has: data, run-time state, socket, settings, log. */
export interface FolderEngine {
  readonly endpoint: string
  isRunning(): boolean
  start(): Promise<void>
  stop(): Promise<void>
  /** Removes every container and user network, so that the end of the engine leaves no process, no mount and no interface. */
  empty(): Promise<void>
}

export interface EngineOrder {
  readonly command: readonly [string, ...string[]]
  /** Besides the environment of this process. */
  readonly env: Readonly<Record<string, string>>
  readonly folder: string
}

/** Where an engine of ours listens. */
export function endpointOf(folder: string): string {
  return `unix://${join(folder, 'engine.sock')}`
}

/** The process of an engine, started and ended. */
export class EngineProgram {
  readonly #order: EngineOrder
  #child: ChildProcess | undefined

  constructor(order: EngineOrder) {
    this.#order = order
  }

  isRunning(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child)
  }

  /** Resolves when it answers. Throws with the last lines of its log when it ends first or takes longer than a minute. */
  async start(): Promise<void> {
    const { command, env, folder } = this.#order
    const [program, ...args] = command
    const log = join(folder, 'log')
    const output = openSync(log, 'a')
    const child = spawn(program, args, { stdio: ['ignore', output, output], env: { ...ownEnvironment(), ...env } })
    this.#child = child
    let failure: string | undefined
    child.once('error', (error) => {
      failure = error.message
    })
    const end = after(systemClock.now(), START_LIMIT)
    while (!(await this.#answers())) {
      if (failure === undefined && hasEnded(child)) failure = `it ended with ${child.exitCode ?? child.signalCode}`
      if (failure === undefined && systemClock.now() > end) failure = `no answer after ${START_LIMIT / 1000} s`
      if (failure !== undefined) throw new Error(`${program} does not start: ${failure}\n${lastLinesOf(log)}`)
      await systemClock.sleep(PAUSE)
    }
  }

  /** SIGTERM and, after 20 s, SIGKILL; containers and networks stay as the engine leaves them. */
  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGTERM')
    const end = after(systemClock.now(), STOP_LIMIT)
    while (!hasEnded(child)) {
      if (systemClock.now() > end) child.kill('SIGKILL')
      await systemClock.sleep(PAUSE)
    }
    this.#child = undefined
  }

  async #answers(): Promise<boolean> {
    const answer = await askEngine(endpointOf(this.#order.folder), '/_ping').catch(() => undefined)
    return answer?.status === 200
  }
}

/** Programs of the system are found, and no other engine is named. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, CONTAINER_HOST: _other, ...env } = process.env
  return { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin:/sbin` }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

function lastLinesOf(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n')
}
