import { formatDuration, parseGoDuration } from '../../kernel/duration.ts'
import { formatInstant } from '../../kernel/instant.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuseUsage } from '../refusal-error.ts'

/** `clock` shows the clock of decisions, `clock advance 5m` lets time pass. */
export async function clock(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, globals } = invocation
  const [verb, text] = operands
  const view = verb === undefined ? await client.scaling.clock() : await client.scaling.advance(durationOf(verb, text))
  if (globals.format === 'json') io.stdout.write(`${JSON.stringify({ schemaVersion: 1, ...view })}\n`)
  else io.stdout.write(`${formatInstant(view.now)} ${describe(view.kind, view.speed)}\n`)
  return EXIT_CODES.ok
}

function durationOf(verb: string, text: string | undefined): number {
  if (verb !== 'advance') throw refuseUsage(`clock: "${verb}" is not understood`, 'Write "clock advance 5m".')
  const ms = text === undefined ? undefined : parseGoDuration(text)
  if (ms === undefined || ms < 0)
    throw refuseUsage(
      `clock advance: "${text ?? ''}" is not a duration`,
      `Write for example ${formatDuration(90_000).replace(' ', '')} or 5m.`,
    )
  return Math.round(ms)
}

function describe(kind: string, speed: number): string {
  if (kind === 'virtual') return '(virtual: it stands still until it is told)'
  return kind === 'scaled' ? `(${speed} times as fast as the clock of the machine)` : '(the clock of the machine)'
}
