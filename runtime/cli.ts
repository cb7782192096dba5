import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Check } from '../src/cli/doctor/check.ts'
import type { Host } from '../src/cli/invocation.ts'
import { runCli } from '../src/cli/run-cli.ts'
import { systemIo } from '../src/cli/system-io.ts'
import { EXIT_CODES } from '../src/wire/answers.ts'
import { homeDirectory } from '../src/wire/home.ts'

/** A remote engine may have to be logged in to, and several places may not answer. */
const ENGINE_LIMIT_MS = 15_000

const containerEngineCheck: Check = {
  name: 'container engine',
  fix: 'Install or start Docker, Podman or another engine, or name one with DOCKER_HOST. Plain processes need none.',
  limitMs: ENGINE_LIMIT_MS,
  look: async ({ home, clock }) => {
    const { examineEngine } = await import('./engines/docker/doctor.ts')
    const { env, platform } = process
    const usualHome = homeDirectory({ env: { ...env, MINIPAAS_HOME: undefined }, platform, userHome: homedir() })
    const programs = { edgeProgram: join(import.meta.dirname, 'edge.js'), metersProgram: join(import.meta.dirname, 'meters.js') }
    const examination = { home, usualHome, clock, environment: env, ...programs }
    return await examineEngine(examination, new AbortController().signal)
  },
}

// What only some commands need is imported by them: start-up time is most of what a short command takes.
const io = systemIo()
const home = resolve(homeDirectory({ env: process.env, platform: process.platform, userHome: homedir() }))
const host: Host = {
  io,
  place: {
    home,
    program: join(import.meta.dirname, 'daemon.js'),
    version: ownVersion(),
  },
  loadModel: async (request, files) => {
    const [{ loadApplications }, { builtinDefinitions }] = await Promise.all([
      import('../src/dialects/index.ts'),
      import('../src/definitions/index.ts'),
    ])
    return await loadApplications(request, files, builtinDefinitions())
  },
  trustTools: async () => (await import('./certificates/trust-tools.ts')).trustTools(home, io.clock),
  engineChecks: async () => [(await import('../src/cli/doctor/process-check.ts')).processEngineCheck, containerEngineCheck],
}

/** The manifest is one folder above, from the sources as from the package. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  return (manifest as { readonly version: string }).version
}

/** Whoever read the output has seen enough. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok)
  throw error
}

process.stdout.on('error', endQuietly)
process.stderr.on('error', endQuietly)

runCli(process.argv.slice(2), host).then(
  (code) => process.stdout.write('', () => process.stderr.write('', () => process.exit(code))),
  (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`minipaas failed unexpectedly; please report it with this text:\n${text}\n`, () => process.exit(EXIT_CODES.failed))
  },
)
