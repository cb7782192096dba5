// Declarations of what others import, made for the package only: nobody needs them to run the programs.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './toolchain.mjs'

const target = join(root, 'dist', 'types')
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
const kept = ['target', 'module', 'moduleResolution', 'strict', 'exactOptionalPropertyTypes', 'noUncheckedIndexedAccess', 'skipLibCheck']
const flags = kept.flatMap((name) => [`--${name}`, String(compilerOptions[name])])
const options = [
  '--ignoreConfig',
  '--declaration',
  '--emitDeclarationOnly',
  '--rewriteRelativeImportExtensions',
  '--outDir',
  target,
  '--rootDir',
  'src',
]

rmSync(target, { recursive: true, force: true })
execFileSync(process.execPath, [compiler, ...options, ...flags, 'src/scaling/index.ts'], { cwd: root, stdio: 'inherit' })
for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  // The compiler leaves the names of sources in declarations.
  const path = join(entry.parentPath, entry.name)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/((?:from|import\()\s*'\.[^']*)\.ts'/g, "$1.js'"))
}
// Beside a folder of CommonJS programs.
writeFileSync(join(target, 'package.json'), '{"type":"module"}\n')
