import { stringify } from 'yaml'
import { EXIT_CODES } from '../../wire/answers.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Prints the resolved applications, with marks in place of secret values. */
export async function config(invocation: Invocation, io: Io, client: Client): Promise<number> {
  await requireView(client)
  const resolved = await client.config()
  if (invocation.globals.format === 'json') {
    io.stdout.write(`${JSON.stringify(resolved, null, 2)}\n`)
  } else {
    io.stdout.write(stringify(resolved, { aliasDuplicateObjects: false }))
  }
  return EXIT_CODES.ok
}
