import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import type { Clock } from '../../../src/kernel/clock.ts'
import { after, type Instant, type Millis } from '../../../src/kernel/instant.ts'
import type { Hook } from '../../../src/model/probe.ts'
import { codeOf } from '../../process-identity/system-error.ts'
import { openCommand } from './command-session.ts'
import { resolveProgram } from './container-command.ts'
import type { ContainerContext } from './container-context.ts'
import type { LocalPort } from './replica-record.ts'

/** Time for a process that was just started to listen, before a network hook counts as failed. */
const LISTEN_LIMIT: Millis = 10_000
const TRY_EVERY: Millis = 25
/** Output of a hook that is kept for its error message. */
const MAX_OUTPUT = 2_000

export interface HookCall {
  readonly hook: Hook
  readonly container: string
  readonly context: ContainerContext
  readonly ports: readonly LocalPort[]
  readonly clock: Clock
}

/** Runs a lifecycle hook; rejects with why it failed. */
export async function runHook(call: HookCall, signal: AbortSignal): Promise<void> {
  const { hook } = call
  switch (hook.by) {
    case 'exec':
      return runCommand(call, hook.command, signal)
    case 'http':
      return whenListening(call.clock, signal, () => ask(call, hook, signal))
    case 'tcp': {
      const port = localPort(call.ports, hook.port)
      return whenListening(call.clock, signal, () => knock(hook.host ?? '127.0.0.1', port, signal))
    }
  }
}

async function runCommand(call: HookCall, command: readonly string[], signal: AbortSignal): Promise<void> {
  const { container, context } = call
  const program = resolveProgram(command, {
    cwd: context.cwd,
    path: context.environment.get('PATH') ?? '',
    subject: `the hook of container ${container}`,
    key: 'the hook',
  })
  const { session } = await openCommand({ ...program, ...context }, signal)
  session.endInput()
  let output = ''
  for await (const { data } of session.output) output = (output + Buffer.from(data).toString('utf8')).slice(-MAX_OUTPUT)
  const code = await session.exitCode
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`it ended with exit code ${code}${output === '' ? '' : `: ${output.trim()}`}`)
}

function ask(call: HookCall, hook: Extract<Hook, { by: 'http' }>, signal: AbortSignal): Promise<void> {
  const start = hook.scheme === 'https' ? secureRequest : request
  const headers = Object.fromEntries(hook.headers.map(({ name, value }) => [name, value]))
  const options = { host: hook.host ?? '127.0.0.1', port: localPort(call.ports, hook.port), path: hook.path, headers, signal, agent: false }
  return new Promise((resolve, reject) => {
    // Kubernetes does not check certificates of hooks.
    const sent = start({ ...options, ...(hook.scheme === 'https' ? { rejectUnauthorized: false } : {}) }, (answer) => {
      answer.resume()
      const status = answer.statusCode ?? 0
      if (status >= 200 && status < 400) resolve()
      else reject(new Error(`${hook.path} answered ${status}`))
    })
    sent.once('error', reject)
    sent.end()
  })
}

function knock(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
  })
}

async function whenListening(clock: Clock, signal: AbortSignal, attempt: () => Promise<void>): Promise<void> {
  const limit: Instant = after(clock.now(), LISTEN_LIMIT)
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (codeOf(error) !== 'ECONNREFUSED' || clock.now() >= limit) throw error
      await clock.sleep(TRY_EVERY, signal)
    }
  }
}

function localPort(ports: readonly LocalPort[], number: number): number {
  return ports.find((port) => port.number === number)?.local ?? number
}
