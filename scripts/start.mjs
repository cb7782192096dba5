// `npm start` on a fresh clone: installs, builds, and brings the sample shop up in the foreground until Ctrl-C.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, ensureInstalled, requireNode, root } from './toolchain.mjs'

const sample = join('samples', 'shop', 'app.yaml')

requireNode()
process.chdir(root)
if (!existsSync(sample)) {
  console.error(`${sample} is missing from this clone.`)
  process.exit(1)
}
ensureInstalled()
ensureBuilt()
// The shell that npm puts in between does not pass a signal on to us, but it ends; that is our signal then.
const parent = process.ppid
const watch = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(watch)
  process.kill(process.pid, 'SIGTERM')
}, 500)
watch.unref()
// The command line runs inside this process: a signal then reaches it once, whoever sends it.
const cli = join(root, 'dist', 'cli.js')
process.argv.splice(1, process.argv.length, cli, 'up', '-f', sample, ...process.argv.slice(2))
await import(pathToFileURL(cli).href)
