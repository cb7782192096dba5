import type { Diagnostic, Origin } from '../../kernel/diagnostic.ts'
import type { Component } from '../../model/component.ts'
import type { Container } from '../../model/pod.ts'
import type { Use } from '../../model/use.ts'
import type { SourceFiles } from '../loading.ts'
import { resolvePath } from '../source/paths.ts'
import { isRecord } from '../source/wording.ts'
import { readDockerCommand } from './dockerfile.ts'

/** What a directory of the project offers for a container. */
export interface Proposal {
  readonly uses: readonly Use[]
  readonly diagnostic?: Diagnostic
}

/** What the overlay already decides for the container. */
export interface Decided {
  readonly build: boolean
  readonly run: boolean
}

const IGNORED = new Set(['node_modules', 'dist', 'build', 'target', 'vendor'])
/** Directories that are looked into one level deep; a project has a handful. */
const MAX_DIRECTORIES = 100

/** Finds directories that are called like an image: their Dockerfile is the build, their start script or CMD the run. */
export class Proposals {
  readonly watched = new Set<string>()
  readonly #files: SourceFiles
  readonly #directory: string
  #byName: Promise<ReadonlyMap<string, string>> | undefined

  constructor(files: SourceFiles, directory: string) {
    this.#files = files
    this.#directory = directory
  }

  async propose(component: Component, container: Container, decided: Decided): Promise<Proposal> {
    this.#byName ??= this.#listDirectories()
    const path = (await this.#byName).get(imageName(container.image.ref))
    if (path === undefined || (decided.build && decided.run)) return { uses: [] }
    const dockerfile = await this.#read(resolvePath(path, 'Dockerfile'))
    const manifest = await this.#read(resolvePath(path, 'package.json'))
    const named = container.name === component.name ? {} : { container: container.name }
    const origin: Origin = component.origin
    const uses: Use[] = []
    if (!decided.build && dockerfile !== undefined)
      uses.push({ type: 'local/build', params: { ...named, context: path, args: {} }, origin })
    const command = decided.run ? undefined : commandOf(container, manifest, dockerfile)
    if (command !== undefined) uses.push({ type: 'local/process', params: { ...named, cwd: path, command, env: [] }, origin })
    return uses.length === 0 ? { uses } : { uses, diagnostic: proposed(component, path, uses) }
  }

  async #read(path: string): Promise<string | undefined> {
    const text = await this.#files.readText(path)
    if (text !== undefined) this.watched.add(path)
    return text
  }

  async #listDirectories(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    const first = await this.#directoriesOf(this.#directory)
    for (const name of first) found.set(name, resolvePath(this.#directory, name))
    for (const name of first.slice(0, MAX_DIRECTORIES)) {
      const path = resolvePath(this.#directory, name)
      for (const inner of await this.#directoriesOf(path)) if (!found.has(inner)) found.set(inner, resolvePath(path, inner))
    }
    return found
  }

  async #directoriesOf(path: string): Promise<string[]> {
    const entries = (await this.#files.list(path)) ?? []
    return entries
      .filter(({ name, directory }) => directory && !name.startsWith('.') && !IGNORED.has(name))
      .map(({ name }) => name)
      .sort()
  }
}

/** `shop/web` in `registry.example.com:5000/shop/web:1.2@sha256:...` is called `web`. */
export function imageName(ref: string): string {
  const path = ref.split('@')[0] ?? ref
  return (path.split('/').at(-1) ?? path).split(':')[0] ?? path
}

function commandOf(container: Container, manifest: string | undefined, dockerfile: string | undefined): readonly string[] | undefined {
  // The model's own command replaces what the image would run, here as in the cloud.
  if (container.command !== undefined) return manifest === undefined && dockerfile === undefined ? undefined : []
  const script = startScript(manifest)
  if (script !== undefined) return script
  const command = dockerfile === undefined ? undefined : readDockerCommand(dockerfile)
  // An absolute path is a file of the image; this machine does not have it.
  return command?.[0]?.startsWith('/') === true ? undefined : command
}

function startScript(manifest: string | undefined): readonly string[] | undefined {
  const script = manifest === undefined ? undefined : scriptOf(manifest)
  if (script === undefined) return undefined
  // A plain call of node needs no shell: signals and exit codes come straight from it.
  if (/^node(?: [\w./=@:-]+)+$/.test(script)) return script.split(' ')
  return ['sh', '-c', `PATH="$PWD/node_modules/.bin:$PATH"; export PATH; ${script}`]
}

function scriptOf(manifest: string): string | undefined {
  try {
    const value: unknown = JSON.parse(manifest)
    const scripts = isRecord(value) ? value['scripts'] : undefined
    const start = isRecord(scripts) ? scripts['start'] : undefined
    return typeof start === 'string' && start.trim() !== '' ? start.trim() : undefined
  } catch {
    return undefined
  }
}

function proposed(component: Component, path: string, uses: readonly Use[]): Diagnostic {
  const what = uses.map(({ type }) => (type === 'local/build' ? 'is built' : 'runs')).join(' and ')
  return {
    code: 'MP1057',
    severity: 'note',
    message: `component "${component.name}" ${what} from ${path}, which is called like its image`,
    origin: { ...component.origin, path: [...component.origin.path, 'name'] },
    hint: `write it down in minipaas.yaml to change it: components.${component.name}`,
  }
}
