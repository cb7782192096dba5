import { EXEC_CHANNEL, type ExecControl } from '../wire/answers.ts'
import type { ExecRequest } from '../wire/requests.ts'
import type { Channel } from './client/channel.ts'
import { type Client, requireView } from './client/client.ts'
import { SendWindow } from './client/send-window.ts'
import type { Invocation } from './invocation.ts'
import type { Io } from './io.ts'
import { parseVariables } from './options.ts'
import { DaemonGoneError, exitForStatus, RefusalError } from './refusal-error.ts'

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
  const room = new SendWindow()
  const input = sendInput({ channel, io, room }, stop.signal)
  try {
    return await receive({ channel, io, room })
  } finally {
    stop.abort()
    room.close()
    await input.catch(() => undefined)
  }
}

interface Exchange {
  readonly channel: Channel
  readonly io: Io
  readonly room: SendWindow
}

async function sendInput({ channel, io, room }: Exchange, signal: AbortSignal): Promise<void> {
  for await (const data of io.stdin.bytes(signal)) {
    if (!(await room.take(data.length))) return
    const frame = new Uint8Array(data.length + 1)
    frame[0] = EXEC_CHANNEL.stdin
    frame.set(data, 1)
    channel.send(frame)
  }
  sendControl(channel, { type: 'end-input' })
}

async function receive({ channel, io, room }: Exchange): Promise<number> {
  for await (const message of channel.messages(new AbortController().signal)) {
    if (typeof message === 'string') {
      const control = JSON.parse(message) as ExecControl
      if (control.type === 'exit') return control.code
      if (control.type === 'failed') throw new RefusalError(control.error, exitForStatus(500, control.error))
      if (control.type === 'taken') room.give(control.bytes)
      continue
    }
    const output = message[0] === EXEC_CHANNEL.stderr ? io.stderr : io.stdout
    output.write(message.subarray(1))
    await output.written()
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
