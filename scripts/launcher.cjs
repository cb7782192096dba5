// The whole of dist/cli.js. It loads the bundled command line, which lies beside it in CommonJS chunks, and keeps V8's
// compiled code in the user's cache folder, because compiling takes longer than anything else a short command does.
// Without a usable cache folder everything works, only slower. __BUILD__ is replaced by the build.
const fs = require('node:fs')
const path = require('node:path')
const { Script } = require('node:vm')

const env = process.env
const home = env.HOME || env.USERPROFILE || ''
const kept = 6

function cacheRoot() {
  if (env.MINIPAAS_HOME) return path.join(env.MINIPAAS_HOME, 'cache')
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'minipaas')
  if (process.platform === 'win32') return path.join(env.LOCALAPPDATA || path.join(home, 'AppData', 'Local'), 'minipaas', 'cache')
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'minipaas')
  return path.join(home, '.cache', 'minipaas')
}

const codeRoot = path.join(cacheRoot(), 'code')
const folder = path.join(codeRoot, `${__BUILD__}-${process.version}-${process.arch}`)
const usable = path.isAbsolute(codeRoot) && !env.MINIPAAS_NO_CODE_CACHE && !env.NODE_V8_COVERAGE
const modules = new Map()
const compiled = []

function readCache(file) {
  if (!usable) return undefined
  try {
    return fs.readFileSync(file)
  } catch {
    return undefined
  }
}

// Compiled code holds the functions that were called; of the file with the most used chunks each command calls others.
const command = /^[a-z]{2,12}$/.test(process.argv[2]) ? process.argv[2] : 'other'

function compile(file, cacheName) {
  const cacheFile = path.join(folder, cacheName)
  const cachedData = readCache(cacheFile)
  const source = `(function(exports,require,module,__filename,__dirname){${fs.readFileSync(file, 'utf8')}\n})`
  const script = new Script(source, { filename: file, cachedData })
  if (!cachedData || script.cachedDataRejected) compiled.push([cacheFile, script])
  return script.runInThisContext()
}

function run(chunk, module, directory) {
  // Every chunk is told the place of this file, so that "beside me" means the same in all of them.
  chunk(module.exports, (id) => (id[0] === '.' ? load(path.join(directory, id)) : require(id)), module, __filename, __dirname)
  return module.exports
}

function load(file) {
  const known = modules.get(file)
  if (known) return known.exports
  const module = { exports: {} }
  modules.set(file, module)
  const name = path.basename(file)
  return run(packed[name] || compile(file, name), module, path.dirname(file))
}

// Not the recursive form of mkdirSync: below /proc that never returns.
function makeFolder(wanted) {
  if (fs.existsSync(wanted)) return false
  const parent = path.dirname(wanted)
  if (parent !== wanted) makeFolder(parent)
  fs.mkdirSync(wanted, { mode: 0o700 })
  return true
}

function writeCache() {
  if (!usable || compiled.length === 0) return
  try {
    const isNew = makeFolder(folder)
    for (const [file, script] of compiled) {
      const draft = `${file}.${process.pid}`
      fs.writeFileSync(draft, script.createCachedData(), { mode: 0o600 })
      fs.renameSync(draft, file)
    }
    if (isNew) prune()
  } catch {}
}

function prune() {
  const entries = fs.readdirSync(codeRoot).map((name) => path.join(codeRoot, name))
  const byAge = entries.map((entry) => [fs.statSync(entry).mtimeMs, entry]).sort(([a], [b]) => b - a)
  for (const [, entry] of byAge.slice(kept)) fs.rmSync(entry, { recursive: true, force: true })
}

process.once('exit', writeCache)
const pack = path.join(__dirname, 'chunks', 'cli.js')
const packed = run(compile(pack, `cli-${command}.js`), { exports: {} }, __dirname).chunks
load(pack)
