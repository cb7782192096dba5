import { EXIT_CODES } from '../../wire/answers.ts'
import type { Client } from '../client/client.ts'
import { findDaemon } from '../client/discovery.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'

/** Prints the versions of this program, Node and the daemon, if one runs. Starts none. */
export async function version(invocation: Invocation, io: Io, _client: Client): Promise<number> {
  const { place } = invocation.host
  const daemon = findDaemon(place.home)
  if (invocation.globals.format === 'json') {
    const found = daemon === undefined ? null : { version: daemon.version, pid: daemon.pid, instance: daemon.instance }
    io.stdout.write(`${JSON.stringify({ schemaVersion: 1, version: place.version, node: process.version, daemon: found }, null, 2)}\n`)
  } else {
    io.stdout.write(`minipaas ${place.version}\nnode     ${process.version}\n`)
    io.stdout.write(daemon === undefined ? 'daemon   none\n' : `daemon   ${daemon.version} (pid ${daemon.pid})\n`)
  }
  return EXIT_CODES.ok
}
