import type { DockerContext } from '../context.ts'
import { readContainerLog } from './container-log.ts'

const LINES = 10

/** The last lines a container wrote, for error messages. */
export async function lastOutput(context: DockerContext, container: string, signal: AbortSignal): Promise<string> {
  const lines: string[] = []
  for await (const { text } of readContainerLog(context, { container, follow: false, tail: LINES, unfinished: 'give' }, signal))
    lines.push(text)
  return lines.slice(-LINES).join('\n')
}
