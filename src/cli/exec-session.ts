import { EXEC_CHANNEL, type ExecControl } from '../wire/answers.ts'
import type { ExecRequest } from '../wire/requests.ts'
import type { Channel } from './client/channel.ts'
import { type Client, requireView } from './client/client.ts'
import type { Invocation } from './invocation.ts'
import type { Io } from './io.ts'
import { parseVariables } from './options.ts'
import { DaemonGoneError, RefusalError } from './refusal-error.ts'

/** Engines that give a command a terminal. The process engine has pipes only. */
const ENGINES_WITH_TTY: ReadonlySet<string> = new Set(['docker'])

export interface ExecOrder {
  readonly invocation: Invocation
  readonly io: Io
  readonly client: Client
  readonly request: Pick<ExecRequest, 'mode' | 'component' | 'command' | 'ordinal' | 'container'>
}

/** Runs one command with this terminal's input and output and returns its exit code. */
export async function runSession({ invocation, io, client, request }: ExecOrder): Promise<number> {
  const { options } = invocation
  const view = await requireView(client)
  const wantsTty = options.enabled('tty') && io.stdin.isTTY && io.stdout.isTTY && ENGINES_WITH_TTY.has(view.engine.name)
  const workdir = options.text('workdir')
  const channel = await client.exec({
    ...request,
    env: { ...parseVariables(options.texts('env'), io.env) },
    ...(workdir === undefined ? {} : { workdir }),
    ...(wantsTty ? { tty: sizeOf(io) } : {}),
  })
  const stop = new AbortController()
  using _raw = wantsTty ? io.stdin.raw() : undefined
  using _resize = wantsTty ? io.onResize(() => sendControl(channel, { type: 'resize', ...sizeOf(io) })) : undefined
  using _interrupt = io.onInterrupt((name) => sendControl(channel, { type: 'signal', name }))
  const input = sendInput(channel, io, stop.signal)
  try {
    return await receive(channel, io)
  } finally {
    stop.abort()
    await input.catch(() => undefined)
  }
}

async function sendInput(channel: Channel, io: Io, signal: AbortSignal): Promise<void> {
  for await (const data of io.stdin.bytes(signal)) {
    const frame = new Uint8Array(data.length + 1)
    frame[0] = EXEC_CHANNEL.stdin
    frame.set(data, 1)
    channel.send(frame)
  }
  sendControl(channel, { type: 'end-input' })
}

async function receive(channel: Channel, io: Io): Promise<number> {
  for await (const message of channel.messages(new AbortController().signal)) {
    if (typeof message === 'string') {
      const control = JSON.parse(message) as ExecControl
      if (control.type === 'exit') return control.code
      if (control.type === 'failed') throw new RefusalError(control.error, 'failed')
    } else if (message[0] === EXEC_CHANNEL.stderr) io.stderr.write(message.subarray(1))
    else io.stdout.write(message.subarray(1))
  }
  throw new DaemonGoneError('the connection of the command ended without an exit code')
}

function sizeOf(io: Io): { readonly columns: number; readonly rows: number } {
  return { columns: io.stdout.columns, rows: io.stdout.rows }
}

function sendControl(channel: Channel, control: ExecControl): void {
  channel.send(JSON.stringify(control))
}

/** The component and its command; `--` between them may be written, as with kubectl. */
export function splitCommand(operands: readonly string[]): { readonly component: string; readonly command: string[] } {
  const [component = '', ...rest] = operands
  return { component, command: rest[0] === '--' ? rest.slice(1) : rest }
}
