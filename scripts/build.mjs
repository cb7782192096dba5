// Bundles each program of the house into dist. The sources are ES modules; what is shipped is CommonJS, because that
// starts faster on Node 20 and is the only form whose compiled code can be cached there.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, transform } from 'esbuild'
import { packageFolderOf, thirdPartyLicences } from './licences.mjs'
import { buildStamp, cacheFolder, hashOf, root } from './toolchain.mjs'

/** Name in dist -> entry file. All of them are shipped; a missing one fails the build. */
const programs = {
  cli: 'runtime/cli.ts',
  daemon: 'runtime/main.ts',
  edge: 'runtime/edge/main.ts',
  guard: 'runtime/guard/main.ts',
  meters: 'runtime/meters/main.ts',
}

/**
 * Programs that load parts of themselves when they need them, and the folder of those parts: all of the command line is there (its
 * entry is the launcher), of the meters everything but the entry.
 */
const chunkFolders = { cli: 'chunks', meters: 'meters' }

/** What others import: `minipaas/scaling`. An ES module, because it is loaded by projects and not started. */
const library = { name: 'scaling', entry: 'src/scaling/index.ts' }

// Names of functions and classes stay, so that a stack trace in a bug report can be read.
// Short lines, because Node prints the line of an error that nobody caught.
const shape = {
  lineLimit: 160,
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  platform: 'node',
  target: 'node20.19',
  // One letter outside Latin-1 would make V8 keep the whole text of a program in two bytes for each letter.
  charset: 'ascii',
}
// What packages work without and look for inside try/catch: native accelerators of `ws`; of `pg` its native client and a socket for
// Cloudflare; colours of `mysql2`, hashes of `@redis/client`; of `mongodb` compression, Kerberos, encryption, proxies and the clouds' ways to log in.
const optional = [
  ...['bufferutil', 'utf-8-validate'],
  ...['@node-rs/xxhash', 'cardinal', 'pg-native', 'pg-cloudflare'],
  ...['@aws-sdk/credential-providers', '@mongodb-js/zstd', 'gcp-metadata', 'kerberos', 'mongodb-client-encryption', 'snappy', 'socks'],
]
// Most of what express brings are tables of encodings and file types that an API of JSON and plain text never looks at. Only
// these stay, because the daemon would keep the others in memory.
const KEPT_TYPES = ['application/json', 'application/octet-stream', 'application/x-www-form-urlencoded', 'text/html', 'text/plain']
const smallTables = {
  name: 'small-tables',
  setup({ onLoad }) {
    onLoad({ filter: /iconv-lite[/\\]encodings[/\\](dbcs-data|sbcs-data|sbcs-data-generated)\.js$/ }, () => ({
      contents: 'module.exports={}',
    }))
    onLoad({ filter: /mime-db[/\\]db\.json$/ }, ({ path }) => {
      const types = JSON.parse(readFileSync(path, 'utf8'))
      return { contents: JSON.stringify(Object.fromEntries(KEPT_TYPES.map((type) => [type, types[type]]))), loader: 'json' }
    })
  },
}
// The SDK of the Docker engine is a file of its own, so that a daemon that never meets an engine does not keep it in memory.
// What it brings for sessions of BuildKit, for certificates of the environment and for its own SSH client is never used here: the
// engine passes certificates itself, and SSH goes through the user's `ssh`.
const SDK = 'dockerode'
const UNUSED = /^(ssh2|split-ca|protobufjs|@grpc\/.*)$/
const apart = (from) => ({
  name: 'apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^dockerode$/ }, ({ kind }) => (kind === 'entry-point' ? undefined : { path: `${from}/${SDK}.js`, external: true }))
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }))
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports={Client:class{}}' }))
  },
})
// The reader of external scalers is a client that writes its messages itself; the loader of .proto files would be for services about the channel.
const grpcClient = {
  name: 'grpc-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/proto-loader/ }, ({ path }) => ({ path, namespace: 'unused' }))
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports={}' }))
  },
}
const beside = {
  'import.meta.url': '__importMetaUrl',
  'import.meta.dirname': '__dirname',
  'import.meta.filename': '__filename',
}
const besideBanner = 'const __importMetaUrl=require("node:url").pathToFileURL(__filename).href;'

async function graphOf(name, entry) {
  const result = await build({
    ...shape,
    entryPoints: { [name]: entry },
    bundle: true,
    format: 'esm',
    splitting: name in chunkFolders,
    chunkNames: name === 'meters' ? 'meters/[name]-[hash]' : '[name]-[hash]',
    outdir: join(root, 'dist'),
    absWorkingDir: root,
    external: optional,
    // The command line's chunks lie one folder below.
    plugins: name === 'meters' ? [smallTables, grpcClient] : [smallTables, apart(name === 'cli' ? '..' : '.')],
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  return {
    inputs: Object.keys(result.metafile.inputs),
    outputs: result.metafile.outputs,
    files: result.outputFiles.map((file) => ({ name: relative(join(root, 'dist'), file.path), text: file.text })),
  }
}

async function toCommonJs(file) {
  const result = await transform(file.text, {
    ...shape,
    format: 'cjs',
    define: beside,
    supported: { 'dynamic-import': false },
    sourcefile: file.name,
    logLevel: 'warning',
  })
  return (result.code.includes('__importMetaUrl') ? besideBanner : '') + result.code
}

/** Names of the chunks that the command line always loads, and of those that `ps` does. */
function hotChunks(outputs) {
  const hot = new Set()
  const add = (path) => {
    if (hot.has(path)) return
    hot.add(path)
    for (const { path: imported, kind, external } of outputs[path].imports) if (kind === 'import-statement' && !external) add(imported)
  }
  for (const [path, { entryPoint }] of Object.entries(outputs)) if ([programs.cli, 'src/cli/commands/ps.ts'].includes(entryPoint)) add(path)
  return [...hot].map((path) => relative('dist', path))
}

/** Chunks in one file, as functions by name: opening two dozen files takes longer than what is in them. */
function packed(chunks) {
  const functions = chunks.map(([name, text]) => `${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname){${text}\n}`)
  return `exports.chunks={${functions.join(',\n')}}`
}

async function launcher(buildId) {
  const source = readFileSync(join(root, 'scripts', 'launcher.cjs'), 'utf8')
  const result = await transform(source, { ...shape, minify: true, format: 'cjs', define: { __BUILD__: JSON.stringify(buildId) } })
  return `#!/usr/bin/env node\n${result.code}`
}

function missingPrograms() {
  return Object.values(programs).filter((entry) => !existsSync(join(root, entry)))
}

/** With no more than a moment without the folder: programs of the last build may be running. */
function replaceFolder(draft, folder) {
  const last = `${draft}-last`
  if (existsSync(folder)) renameSync(folder, last)
  renameSync(draft, folder)
  rmSync(last, { recursive: true, force: true })
}

async function main() {
  const missing = missingPrograms()
  if (missing.length > 0) throw new Error(`entry files are missing: ${missing.join(', ')}. The list is in scripts/build.mjs.`)
  mkdirSync(cacheFolder, { recursive: true })
  const draft = mkdtempSync(join(cacheFolder, 'dist-'))
  const outputs = new Map()
  const inputs = new Set(['package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/launcher.cjs', 'scripts/licences.mjs'])
  const bundled = new Set()
  for (const [name, entry] of [...Object.entries(programs), [SDK, SDK]]) {
    const graph = await graphOf(name, entry)
    for (const input of graph.inputs) {
      const folder = packageFolderOf(input)
      if (folder !== undefined) bundled.add(folder)
      else if (existsSync(join(root, input))) inputs.add(input)
    }
    const hot = new Map(name === 'cli' ? hotChunks(graph.outputs).map((chunk) => [chunk, '']) : [])
    const folder = name === 'cli' ? 'chunks/' : ''
    for (const file of graph.files) {
      const text = await toCommonJs(file)
      if (hot.has(file.name)) hot.set(file.name, text)
      else outputs.set(folder + file.name, text)
    }
    if (hot.size > 0) outputs.set(`${folder}cli.js`, packed([...hot]))
  }
  const scaling = await build({
    ...shape,
    entryPoints: { [library.name]: library.entry },
    bundle: true,
    format: 'esm',
    outdir: join(root, 'dist'),
    outExtension: { '.js': '.mjs' },
    // What is bundled from CommonJS (yaml) asks for modules of Node.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    absWorkingDir: root,
    write: false,
    metafile: true,
    logLevel: 'warning',
  })
  for (const input of Object.keys(scaling.metafile.inputs)) inputs.add(input)
  for (const { path, text } of scaling.outputFiles) outputs.set(relative(join(root, 'dist'), path), text)
  const buildId = createHash('sha256')
    .update([...outputs].flat().join('\0'))
    .digest('hex')
    .slice(0, 12)
  outputs.set('cli.js', await launcher(buildId))
  outputs.set('package.json', '{"type":"commonjs"}\n')
  outputs.set('THIRD-PARTY-LICENSES.txt', thirdPartyLicences(bundled))
  for (const [name, text] of outputs) {
    mkdirSync(dirname(join(draft, name)), { recursive: true })
    writeFileSync(join(draft, name), text)
  }
  chmodSync(join(draft, 'cli.js'), 0o755)
  replaceFolder(draft, join(root, 'dist'))
  chmodSync(join(root, 'dist'), 0o755)
  const stamp = {
    inputs: Object.fromEntries([...inputs].sort().map((file) => [file, hashOf(join(root, file))])),
    outputs: [...outputs.keys()].map((name) => `dist/${name}`),
  }
  writeFileSync(buildStamp, JSON.stringify(stamp))
  for (const name of Object.keys(programs)) {
    const chunks = [...outputs].filter(([file]) =>
      name in chunkFolders ? file.startsWith(`${chunkFolders[name]}/`) || file === `${name}.js` : file === `${name}.js`,
    )
    const kib = chunks.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0) / 1024
    console.log(`dist/${name}.js`.padEnd(16), `${kib.toFixed(0)} KiB`.padStart(9), chunks.length > 1 ? ` in ${chunks.length} files` : '')
  }
}

await main().catch((error) => {
  console.error(`build: ${error.message}`)
  process.exitCode = 1
})
