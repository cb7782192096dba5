import type { Readable } from 'node:stream'
import type { DockerContext } from '../context.ts'
import { Demultiplexer } from '../edge/multiplexed.ts'
import { openStream, readStream } from './open-stream.ts'

/** Output that is kept for messages, in characters. */
const MAX_OUTPUT = 2000

export interface CommandOrder {
  /** Id of a running container. */
  readonly container: string
  readonly command: readonly string[]
}

export interface CommandResult {
  readonly code: number
  /** The last of what it wrote. */
  readonly output: string
}

/** Runs a command in a running container to its end. When the signal comes first, nobody waits any longer; the command may go on. */
export async function runCommand({ docker }: DockerContext, order: CommandOrder, signal: AbortSignal): Promise<CommandResult> {
  signal.throwIfAborted()
  const exec = await docker.getContainer(order.container).exec({ Cmd: [...order.command], AttachStdout: true, AttachStderr: true })
  let output = ''
  const stream = await openStream((opening) => exec.start({ abortSignal: opening }) as Promise<Readable>, signal)
  const parts = new Demultiplexer()
  for await (const chunk of readStream(stream, signal)) {
    for (const { data } of parts.push(chunk)) output = (output + data.toString('utf8')).slice(-MAX_OUTPUT)
  }
  signal.throwIfAborted()
  const { ExitCode: code } = await exec.inspect()
  return { code: code ?? 0, output: output.trim() }
}
