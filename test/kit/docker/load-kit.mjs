// Loads a TypeScript file of this folder into a plain Node: jest does not translate what its global set-up imports.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/minipaas/kit/', import.meta.url))

/** What a module finds beside itself is beside its source, not beside the bundle. */
export const ownPlaces = {
  name: 'own-places',
  setup(of) {
    of.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
    }))
  },
}

/** The module's exports; the same module each time as long as its sources are the same. */
export async function loadKit(file) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, file)],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    plugins: [ownPlaces],
    logLevel: 'warning',
  })
  const { text } = outputFiles[0]
  const path = join(
    cache,
    `${file.replace(/\.ts$/, '').replaceAll(/[^\w-]/g, '')}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.mjs`,
  )
  if (!existsSync(path)) {
    mkdirSync(cache, { recursive: true })
    writeFileSync(`${path}.${process.pid}`, text)
    renameSync(`${path}.${process.pid}`, path)
  }
  return import(pathToFileURL(path).href)
}
