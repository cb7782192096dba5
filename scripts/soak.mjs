// `npm run soak [name…]`: the long lanes, test/soak/<name>.soak.ts, outside `npm test`. One after another, no time limit of their own.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, requireNode, root, run } from './toolchain.mjs'

requireNode()
process.chdir(root)
ensureInstalled()
ensureBuilt()

const folder = join(root, 'test', 'soak')
const suffix = '.soak.ts'
const known = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
  : []
const names = process.argv.length > 2 ? process.argv.slice(2) : known
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0 || names.length === 0) {
  console.error(`soak: no ${unknown.join(', ') || 'soak'}; there are: ${known.join(', ') || 'none yet'}`)
  process.exit(2)
}

/** Soaks with this beginning get an engine, as the docker lane does. */
const onDocker = names.some((name) => name.startsWith('docker'))
const kit = '<rootDir>/test/kit/docker'
const engine = { globalSetup: `${kit}/global-setup.cjs`, globalTeardown: `${kit}/global-teardown.cjs` }
const soak = { displayName: 'soak', rootDir: root, preset: './test/jest-preset.json', testMatch: [`<rootDir>/test/soak/*${suffix}`] }
const config = { rootDir: root, testTimeout: 2 ** 31 - 1, projects: [onDocker ? { ...soak, ...engine } : soak] }
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js')
const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--expose-gc']
const files = names.map((name) => join('test', 'soak', name + suffix))
process.exitCode = run(process.execPath, [
  ...nodeFlags,
  jest,
  '--config',
  JSON.stringify(config),
  '--runInBand',
  '--verbose',
  '--runTestsByPath',
  ...files,
])
