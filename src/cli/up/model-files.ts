import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Globals } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuse } from '../refusal-error.ts'

const NAMES = ['app', 'application', 'vela'].flatMap((name) => [`${name}.yaml`, `${name}.yml`])
const OVERLAY = 'minipaas.yaml'

/** A model file as the API takes it. */
export type ModelFile = { readonly path: string } | { readonly stdin: string }

/** The model files of a call: those given, else those of the project directory; none when the overlay names them. */
export async function findModelFiles(globals: Globals, io: Io): Promise<readonly ModelFile[]> {
  if (globals.files.length > 0) return await readGiven(globals.files, io)
  if (overlayNamesModels(globals.directory)) return []
  const entries = entriesOf(globals.directory)
  const named = NAMES.find((name) => entries.includes(name))
  const found = named === undefined ? entries.filter((name) => /\.oam\.ya?ml$/.test(name)).sort() : [named]
  if (found.length > 0) return found.map((name) => ({ path: join(globals.directory, name) }))
  throw refuse('MP8102', 'model', {
    message: `no model file in ${globals.directory}`,
    next: `Give one with -f, name it app.yaml, application.yaml, vela.yaml or *.oam.yaml, or list it under "models" in ${OVERLAY}.`,
  })
}

async function readGiven(files: readonly string[], io: Io): Promise<readonly ModelFile[]> {
  const text = files.includes('-') ? await io.stdin.text() : ''
  return files.map((file) => {
    if (file === '-') return { stdin: text }
    if (!existsSync(file)) throw refuse('MP8107', 'model', { message: `no such file: ${file}`, next: 'Check the path after -f.' })
    return { path: file }
  })
}

function overlayNamesModels(directory: string): boolean {
  try {
    return /^["']?models["']?\s*:/m.test(readFileSync(join(directory, OVERLAY), 'utf8'))
  } catch {
    return false
  }
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
