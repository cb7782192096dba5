// What every script needs before it can work: the right Node, installed packages, a build that matches the sources.
// Node's own modules only, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
export const cacheFolder = join(root, 'node_modules', '.cache', 'minipaas')
export const buildStamp = join(cacheFolder, 'build.json')
const windows = process.platform === 'win32'

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))
export const hashOf = (file) => createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16)

/** Ends the process with a message that says what to do, when Node is older than package.json allows. */
export function requireNode() {
  const wanted = /(\d+)\.(\d+)/.exec(readJson(join(root, 'package.json')).engines.node)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > Number(wanted[1]) || (major === Number(wanted[1]) && minor >= Number(wanted[2]))) return
  console.error(`minipaas needs Node ${wanted[0]} or newer; this is ${process.version}. See https://nodejs.org/en/download`)
  process.exit(1)
}

/** Runs a command in the foreground and returns its exit code. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows && command === 'npm', ...options })
  if (result.error) console.error(`${command}: ${result.error.message}`)
  return result.status ?? 1
}

/** Runs a command without blocking, ends it after `limitMs`; resolves to its exit code. */
export function runLimited(command, args, { limitMs, env, quietStdout = false }) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', quietStdout ? 'ignore' : 'inherit', 'inherit'], env })
    const timer = setTimeout(() => {
      console.error(`\nNo end after ${Math.round(limitMs / 1000)} s: stopping it.`)
      child.kill('SIGKILL')
    }, limitMs)
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`)
      done(1)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      done(code ?? 1)
    })
  })
}

/** True when each package of the lock file is present in its locked version (optional ones may be absent). */
export function isInstalled() {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const installed = readJson(installedFile).packages
  const locked = readJson(join(root, 'package-lock.json')).packages
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true
    const found = installed[path]
    return found ? found.version === entry.version : Boolean(entry.optional || entry.peer)
  })
}

export function ensureInstalled() {
  if (isInstalled()) return
  console.log('Installing packages (npm ci)')
  const code = run('npm', ['ci', '--no-audit', '--no-fund'])
  if (code !== 0) {
    console.error('npm ci failed. The lines above say why; most often the registry cannot be reached or a proxy is not set.')
    process.exit(code)
  }
}

/** True when every program is there and none of the files that went into it has changed. */
export function isBuilt() {
  if (!existsSync(buildStamp)) return false
  const { inputs, outputs } = readJson(buildStamp)
  const same = ([file, hash]) => existsSync(join(root, file)) && hashOf(join(root, file)) === hash
  return outputs.every((file) => existsSync(join(root, file))) && Object.entries(inputs).every(same)
}

export function ensureBuilt() {
  if (isBuilt()) return
  console.log('Building')
  const code = run(process.execPath, [join(root, 'scripts', 'build.mjs')])
  if (code !== 0) process.exit(code)
}
