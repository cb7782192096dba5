import type { EnvironmentControl, Environments } from '../../src/control/environment-control.ts'
import { createEnvironments } from '../../src/control/environments.ts'
import type { ControlPorts, EnvironmentStore } from '../../src/control/ports.ts'
import { builtinPlugins, createRegistry } from '../../src/definitions/index.ts'
import type { SourceFiles } from '../../src/dialects/loading.ts'
import { instant, silentLogger, VirtualClock } from '../../src/kernel/index.ts'
import { createMemoryEngine, type MemoryEngine, type MemoryEngineOptions } from '../../src/simulate/memory-engine.ts'
import type { Behaviour } from '../../src/simulate/scenario.ts'
import type { Envelope, EventBody, EventOf, EventType } from '../../src/wire/events.ts'
import { type ApplyRequest, applyRequest } from '../../src/wire/requests.ts'
import type { ApplicationView, ComponentView } from '../../src/wire/views.ts'
import { scalingPlugin } from './scaled-component.ts'

const START = instant(1_700_000_000_000)

/** A store that outlives the control core of a test, as a disk does. */
class MemoryStore implements EnvironmentStore {
  readonly documents = new Map<string, string>()
  readonly recorded: Envelope[] = []

  async names(): Promise<readonly string[]> {
    return [...this.documents.keys()]
  }
  async load(environment: string): Promise<unknown> {
    const text = this.documents.get(environment)
    return text === undefined ? undefined : JSON.parse(text)
  }
  async save(environment: string, state: unknown): Promise<void> {
    this.documents.set(environment, JSON.stringify(state))
  }
  async remove(environment: string): Promise<void> {
    this.documents.delete(environment)
  }
  record(_environment: string, envelope: Envelope): void {
    this.recorded.push(envelope)
  }
}

/** Files of a test; a change is announced to whoever watches. */
class TestFiles implements SourceFiles {
  readonly texts = new Map<string, string>()
  readonly #watchers = new Set<{ readonly paths: readonly string[]; readonly changed: () => void }>()

  async readText(path: string): Promise<string | undefined> {
    return this.texts.get(path)
  }
  async list(path: string): Promise<readonly { readonly name: string; readonly directory: boolean }[] | undefined> {
    const prefix = `${path}/`
    const names = [...this.texts.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
    return names.length === 0 ? undefined : names.map((name) => ({ name: name.split('/')[0] ?? name, directory: name.includes('/') }))
  }
  watch(paths: readonly string[], changed: () => void): Disposable {
    const watcher = { paths, changed }
    this.#watchers.add(watcher)
    return { [Symbol.dispose]: () => this.#watchers.delete(watcher) }
  }
  write(path: string, text: string): void {
    this.texts.set(path, text)
    for (const watcher of this.#watchers) if (watcher.paths.includes(path)) watcher.changed()
  }
}

/** The whole control side over the memory engine, under virtual time. */
export class ControlWorld implements AsyncDisposable {
  readonly clock = new VirtualClock({ start: START })
  readonly engine: MemoryEngine
  readonly files = new TestFiles()
  readonly store = new MemoryStore()
  environments: Environments
  readonly #load: ControlPorts['load']

  constructor(
    behaviour: Behaviour = {},
    { load, ...more }: Pick<MemoryEngineOptions, 'serviceRange' | 'images'> & Pick<ControlPorts, 'load'> = {},
  ) {
    this.#load = load
    this.engine = createMemoryEngine({ clock: this.clock, behaviour, ...more })
    this.environments = createEnvironments(this.#ports('first'))
  }

  #ports(instance: string): ControlPorts {
    const definitions = createRegistry([...builtinPlugins, scalingPlugin])
    if (!definitions.ok) throw new Error(JSON.stringify(definitions.diagnostics))
    return {
      clock: this.clock,
      logger: silentLogger,
      version: '0.0.0',
      instance,
      engines: [this.engine],
      definitions: definitions.value,
      files: this.files,
      store: this.store,
      watcher: this.files,
      environment: {},
      ...(this.#load === undefined ? {} : { load: this.#load }),
    }
  }

  /** Loads `/app.yaml` with this text into the environment `test`. */
  async up(text: string, order: Partial<ApplyRequest> = {}): Promise<EnvironmentControl> {
    this.files.texts.set('/app.yaml', text)
    const environment = await this.environments.open('test')
    await environment.apply(applyRequest.parse({ files: [{ path: '/app.yaml' }], directory: '/', ...order }))
    await this.clock.advance(0)
    return environment
  }

  get environment(): EnvironmentControl {
    const found = this.environments.get('test')
    if (found === undefined) throw new Error('nothing was applied')
    return found
  }

  app(name = 'shop'): ApplicationView {
    const found = this.environment.view().applications.find((app) => app.name === name)
    if (found === undefined) throw new Error(`there is no application ${name}`)
    return found
  }

  component(name: string): ComponentView {
    const found = this.environment
      .view()
      .applications.flatMap((app) => app.components)
      .find((component) => component.key === name)
    if (found === undefined) throw new Error(`there is no component ${name}`)
    return found
  }

  replicas(name: string): readonly ComponentView['replicas'][number]['id'][] {
    return this.component(name).replicas.map((replica) => replica.id)
  }

  /** Virtual time passes until the condition holds. */
  until(condition: () => boolean, limit = 600_000): Promise<void> {
    return this.clock.runUntil(condition, limit)
  }

  events<T extends EventType>(type: T): readonly EventOf<T>[] {
    const all: readonly EventBody[] = this.store.recorded.map((envelope) => envelope.body)
    return all.flatMap((body) => (body.type === type ? [body as EventOf<T>] : []))
  }

  /** The daemon dies; another one starts over the same engine and the same store. */
  async restartDaemon(): Promise<void> {
    await this.environments.stop()
    this.environments = createEnvironments(this.#ports('second'))
    await this.environments.start()
    await this.clock.advance(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.environments.stop()
  }
}
