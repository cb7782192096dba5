import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Put together, because set-ups of jest replace those words in files that they load. */
const OWN_URL = ['import', 'meta', 'url'].join('.')

/** Bundles a program of the house, as the build does, into one file that Node runs. */
export async function bundleProgram(entry: string, folder: string): Promise<string> {
  const outfile = `${folder}/${entry.replaceAll('/', '-').replace(/\.ts$/, '.mjs')}`
  await build({
    entryPoints: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
    // Packages of CommonJS ask for parts of Node.
    banner: { js: `import { createRequire as requireFor } from 'node:module'; const require = requireFor(${OWN_URL})` },
  })
  return outfile
}
