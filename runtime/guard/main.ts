import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatInstant } from '../../src/kernel/instant.ts'
import type { Logger } from '../../src/kernel/logger.ts'
import { LEASE_VARIABLE } from '../process-identity/guard-launch.ts'
import { startHarvest } from '../process-identity/harvester.ts'
import { runGuard } from './guard.ts'
import { leaseFrom } from './lease.ts'
import { systemClock } from './system-clock.ts'

/** One line of JSON for each message; the output of the guard is a file in the home. */
function openLog(fields: Readonly<Record<string, unknown>>): Logger {
  return {
    log: (level, message, more) => {
      process.stderr.write(`${JSON.stringify({ at: formatInstant(systemClock.now()), level, message, ...fields, ...more })}\n`)
    },
    with: (more) => openLog({ ...fields, ...more }),
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { home: { type: 'string' } } })
  if (values.home === undefined) {
    process.stderr.write('usage: guard --home <directory>\n')
    process.exitCode = 2
    return
  }
  const stopped = new AbortController()
  process.on('SIGTERM', () => stopped.abort())
  // The terminal of whoever started us is not ours.
  process.on('SIGHUP', () => {})
  process.on('SIGINT', () => {})
  const leaseMs = leaseFrom(process.env[LEASE_VARIABLE])
  const { home } = values
  // The programs of the house lie beside each other.
  const order = { home, daemonProgram: join(import.meta.dirname, 'daemon.js'), environment: process.env }
  await runGuard({ home, leaseMs, harvest: () => startHarvest(order), clock: systemClock, logger: openLog({}) }, stopped.signal)
}

void main()
