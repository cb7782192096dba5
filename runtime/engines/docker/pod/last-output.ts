import type { DockerContext } from '../context.ts'
import { readContainerLog } from './container-log.ts'

const LINES = 10

/** The last lines a container wrote, for error messages; none when the engine does not give them: the message is told all the same. */
export async function lastOutput(context: DockerContext, container: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = []
  try {
    const reading = { container, follow: false, tail: LINES, unfinished: 'give' } as const
    for await (const { line } of readContainerLog(context, reading, signal)) lines.push(line.text)
  } catch (error) {
    signal.throwIfAborted()
    context.logger.log('debug', 'the output of a container cannot be read', { container: container.slice(0, 12), reason: String(error) })
  }
  return lines.slice(-LINES).join('\n')
}
