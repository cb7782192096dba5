import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { parseWhole } from '../options.ts'

/** Prints the local address that leads to a port of a component. */
export async function port(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const [component = '', wanted] = invocation.operands
  const answer = await client.port(component, wanted === undefined ? undefined : parseWhole(wanted, 'port'))
  io.stdout.write(
    invocation.globals.format === 'json' ? `${JSON.stringify({ schemaVersion: 1, ...answer })}\n` : `${answer.host}:${answer.port}\n`,
  )
  return EXIT_CODES.ok
}
