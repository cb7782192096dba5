import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import type { Use } from '../../model/use.ts'
import { resolvePath } from '../source/paths.ts'
import type { OverlayContent } from './content.ts'
import type { EnvEntry } from './env-file.ts'
import type { BuildOverlay, ComponentOverlay, ContainerOverlay, PortOverlay, RunOverlay, WatchOverlay } from './schema.ts'

/** Secret under which values of env files are kept. */
export const ENV_FILE_SECRET = 'env-file'

/** What the overlay adds to one component, and the secret values it uses by key. */
export interface LocalUses {
  readonly uses: readonly Use[]
  readonly secrets: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Lowers what the overlay says about a component (and about all) to uses of the `local/*` definitions. */
export function lowerOverlay(overlay: OverlayContent, name: string): LocalUses {
  const lowering = new Lowering(overlay)
  lowering.envFile(overlay.envFiles.all, '')
  lowering.env(overlay.text.env, { origin: within(overlay.origin, 'env'), key: '' })
  const component = overlay.text.components?.[name]
  if (component !== undefined) lowering.component(component, name, within(overlay.origin, 'components', name))
  return lowering
}

type Variables = Readonly<Record<string, string | number | boolean>>
type LocalValue = string | { readonly secret: string; readonly key: string }
interface At {
  readonly origin: Origin
  /** Prefix of secret keys: `web.`, `web.proxy.`. */
  readonly key: string
  readonly container?: string
}

class Lowering implements LocalUses {
  readonly uses: Use[] = []
  readonly secrets = new Map<string, string>()
  readonly diagnostics: Diagnostic[] = []
  readonly #overlay: OverlayContent

  constructor(overlay: OverlayContent) {
    this.#overlay = overlay
  }

  component(component: ComponentOverlay, name: string, origin: Origin): void {
    this.#container(component, { origin, key: `${name}.` }, this.#overlay.envFiles.components[name] ?? [])
    for (const [container, overlay] of Object.entries(component.containers ?? {})) {
      this.#container(overlay, { origin: within(origin, 'containers', container), key: `${name}.${container}.`, container }, [])
    }
    for (const [index, port] of (component.ports ?? []).entries()) this.#publish(port, within(origin, 'ports', index))
    const standby = component.scale?.standby
    if (standby !== undefined) this.#add('local/scale', { standby }, within(origin, 'scale'))
    if (component.gate !== undefined) this.#add('local/gate', component.gate, within(origin, 'gate'))
    for (const [index, rule] of (component.watch ?? []).entries()) this.#watch(rule, within(origin, 'watch', index))
  }

  envFile(entries: readonly EnvEntry[], prefix: string): void {
    for (const { name, value, origin } of entries) this.#add('local/env', { name, value: this.#secret(`${prefix}${name}`, value) }, origin)
  }

  env(variables: Variables | undefined, at: At): void {
    for (const { name, value, origin } of this.#variables(variables, at))
      this.#add('local/env', { ...containerOf(at), name, value }, origin)
  }

  #container(overlay: ContainerOverlay, at: At, files: readonly EnvEntry[]): void {
    const { origin } = at
    // The image first: with both, it is the name under which the build's result goes, as in Compose.
    if (overlay.image !== undefined) this.#add('local/image', { ...containerOf(at), image: overlay.image }, within(origin, 'image'))
    if (overlay.build !== undefined) this.#build(overlay.build, { ...at, origin: within(origin, 'build') })
    if (overlay.run !== undefined) this.#run(overlay.run, { ...at, origin: within(origin, 'run') })
    this.envFile(files, at.key)
    this.env(overlay.env, { ...at, origin: within(origin, 'env') })
  }

  #build(build: BuildOverlay, at: At): void {
    const { context, args, ...others } = typeof build === 'string' ? { context: build, args: undefined } : build
    const texts = Object.entries(args ?? {}).map(([name, value]) => [name, String(value)])
    for (const name of Object.keys(args ?? {})) this.#refuseSecret(within(at.origin, 'args', name), 'a build argument is kept in the image')
    const params = { ...containerOf(at), context: this.#path(context), ...others, args: Object.fromEntries(texts) }
    this.#add('local/build', params, at.origin)
  }

  #run(run: RunOverlay, at: At): void {
    const { directory, command, env } =
      typeof run === 'string' || Array.isArray(run) ? { directory: undefined, command: run, env: undefined } : run
    const origin = command === run ? at.origin : within(at.origin, 'command')
    const list = command === undefined ? [] : typeof command === 'string' ? ['sh', '-c', command] : command
    const places = typeof command === 'string' ? [origin] : list.map((_, index) => within(origin, index))
    for (const place of places) this.#refuseSecret(place, 'a command is visible in process lists')
    const variables = this.#variables(env, { ...at, origin: within(at.origin, 'env'), key: `${at.key}run.` })
    const params = {
      ...containerOf(at),
      cwd: this.#path(directory ?? '.'),
      command: list,
      env: variables.map(({ name, value }) => ({ name, value })),
    }
    this.#add('local/process', params, at.origin)
  }

  #publish(port: PortOverlay, origin: Origin): void {
    if (typeof port === 'object') {
      this.#add('local/publish', port, origin)
      return
    }
    const [, host = '', target, protocol = 'tcp'] = /^(\d+)(?::(\d+))?(?:\/(tcp|udp))?$/.exec(String(port)) ?? []
    const params = { host: Number(host), ...(target === undefined ? {} : { target: Number(target) }), protocol }
    this.#add('local/publish', params, origin)
  }

  #watch({ paths, ...rule }: WatchOverlay, origin: Origin): void {
    const list = typeof paths === 'string' ? [paths] : paths
    this.#add('local/develop', { ...rule, paths: list.map((path) => this.#path(path)), ignore: rule.ignore ?? [] }, origin)
  }

  #variables(variables: Variables | undefined, at: At): { name: string; value: LocalValue; origin: Origin }[] {
    return Object.entries(variables ?? {}).map(([name, value]) => {
      const origin = within(at.origin, name)
      const secret = this.#overlay.isSecret(origin.path)
      return { name, value: secret ? this.#secret(`${at.key}${name}`, String(value)) : String(value), origin }
    })
  }

  #secret(key: string, value: string): LocalValue {
    this.secrets.set(key, value)
    return { secret: ENV_FILE_SECRET, key }
  }

  #refuseSecret(origin: Origin, why: string): void {
    if (!this.#overlay.isSecret(origin.path)) return
    const hint = 'pass it with env, and read the variable there'
    this.diagnostics.push({ code: 'MP1056', severity: 'error', message: `a value of an env file cannot stand here: ${why}`, origin, hint })
  }

  #path(path: string): string {
    return resolvePath(this.#overlay.directory, path)
  }

  #add(type: string, params: unknown, origin: Origin): void {
    this.uses.push({ type, params, origin })
  }
}

function containerOf(at: At): { readonly container?: string } {
  return at.container === undefined ? {} : { container: at.container }
}
