import { execFile } from 'node:child_process'
import type { Logger } from '../../src/kernel/logger.ts'

/**
 * Makes every address of the range one of this container's own, with one route: neighbours that ask who has such an address are
 * answered, and listeners can be bound to it. Needs NET_ADMIN. A failure is logged with what it means, and nothing else ends.
 */
export async function takeRange(range: string, log: Logger): Promise<boolean> {
  const { code, said } = await run('ip', ['route', 'add', 'local', range, 'dev', 'lo', 'table', 'local'])
  // A container that starts again finds its route where its network outlived it.
  if (code === 0 || /File exists/i.test(said)) return true
  const meaning = 'services are not reached by their addresses inside the environment; routes and published ports work'
  const next = 'the edge needs the capability NET_ADMIN and the program "ip" in its image'
  log.log('error', `the addresses of the services cannot be taken: ${meaning}`, { range, reason: said.trim(), next })
  return false
}

function run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(program, [...args], (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, said: stdout })
      else resolve({ code: 1, said: stderr.trim() === '' ? error.message : stderr })
    })
  })
}
