import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../src/cli/program.ts'
import { systemIo } from '../src/cli/system-io.ts'
import { homeDirectory } from '../src/wire/home.ts'

const io = systemIo()

/** Beside `runtime` in the sources, beside `dist` in the package. */
function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
  return (manifest as { readonly version: string }).version
}

runCli(process.argv.slice(2), {
  io,
  place: {
    home: homeDirectory({ env: process.env, platform: process.platform, userHome: homedir() }),
    program: join(import.meta.dirname, 'daemon.js'),
    version: ownVersion(),
  },
  loadModel: () => Promise.reject(new Error('later')),
  engineChecks: [],
}).then(
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () => process.exit(1))
  },
)
