// `npm run bench [name…]`: bundles test/bench/<name>.bench.ts and runs it. A bench prints one line per goal.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, ensureBuilt, ensureInstalled, requireNode, root, run } from './toolchain.mjs'

requireNode()
process.chdir(root)
ensureInstalled()
ensureBuilt()

const { build } = await import('esbuild')
const { ownPlaces } = await import('../test/kit/docker/load-kit.mjs')
const folder = join(root, 'test', 'bench')
const suffix = '.bench.ts'

async function runBench(name) {
  const outfile = join(cacheFolder, 'bench', `${name}.mjs`)
  await build({
    entryPoints: [join(folder, name + suffix)],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'inline',
    plugins: [ownPlaces],
    logLevel: 'warning',
  })
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`)
  // An additional certificate file is parsed at each start of Node and would be measured along.
  const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = process.env
  return run(process.execPath, ['--enable-source-maps', '--expose-gc', outfile], { env })
}

const known = readdirSync(folder)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length))
const names = process.argv.length > 2 ? process.argv.slice(2) : known
const unknown = names.filter((name) => !existsSync(join(folder, name + suffix)))
if (unknown.length > 0) {
  console.error(`bench: no ${unknown.join(', ')}; there are: ${known.join(', ') || 'none yet'}`)
  process.exit(2)
}
mkdirSync(cacheFolder, { recursive: true })
for (const name of names) if ((await runBench(name)) !== 0) process.exitCode = 1
