import { spawn } from 'node:child_process'
import type { Clock } from '../../../../src/kernel/clock.ts'
import type { Millis } from '../../../../src/kernel/instant.ts'
import { withTimeLimit } from '../../../../src/kernel/time-limit.ts'

/** A helper may ask the user's key ring; one that asks for longer waits for somebody who is not there. */
const LIMIT: Millis = 10_000

export interface HelperAnswer {
  readonly username: string
  readonly secret: string
}

/**
 * Asks `docker-credential-<name>` for a registry; undefined when it knows none. Throws when it is missing, fails or takes longer
 * than 10 s. Source: docker-credential-helpers, development protocol.
 */
export async function askHelper(
  order: { readonly name: string; readonly server: string; readonly env: NodeJS.ProcessEnv; readonly clock: Clock },
  signal: AbortSignal,
): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${order.name}`
  const { code, output, complaint } = await withTimeLimit(order.clock, LIMIT, (limit) =>
    runHelper(program, order, AbortSignal.any([signal, limit])),
  )
  if (code === 0) return toAnswer(output, program)
  const said = `${output}\n${complaint}`.trim()
  if (/credentials not found/i.test(said)) return undefined
  throw new Error(`${program} ended with code ${code ?? 'none'}${said === '' ? '' : `: ${said}`}`)
}

function runHelper(
  program: string,
  { server, env }: { readonly server: string; readonly env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string; readonly complaint: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, signal, stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    let complaint = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text
    })
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    child.on('close', (code) => resolve({ code, output, complaint }))
    // A helper that ends without reading closes the pipe; its exit code says why.
    child.stdin.on('error', () => {})
    child.stdin.end(`${server}\n`)
  })
}

function toAnswer(output: string, program: string): HelperAnswer {
  try {
    const { Username: username, Secret: secret } = JSON.parse(output) as { readonly Username?: unknown; readonly Secret?: unknown }
    if (typeof username === 'string' && typeof secret === 'string') return { username, secret }
  } catch {
    // What it said may hold the secret, so that nothing of it is repeated.
  }
  throw new Error(`${program} answered something that is no credential`)
}
