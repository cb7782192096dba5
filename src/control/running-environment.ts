import type { LoadResult } from '../dialects/loading.ts'
import { sameValue } from '../kernel/canonical-json.ts'
import type { Engine, SecretValues } from '../model/index.ts'
import type { ApplyOrder } from '../wire/requests.ts'
import { type AcceptedOrder, acceptOrder } from './accept-order.ts'
import { reloadOrder } from './loading.ts'
import { Machinery, type MachineryPorts } from './machinery.ts'
import { ModelWatch } from './model-watch.ts'
import { restoreState, type SavedEnvironment } from './persistence.ts'
import { type ControlPorts, type EventLog, RefusalError } from './ports.ts'
import { SecretShade } from './secret-shade.ts'
import { type ApplicationOrder, type ControlState, initialState } from './state.ts'

export interface RunningPorts {
  readonly name: string
  readonly control: ControlPorts
  readonly context: MachineryPorts['context']
  readonly events: EventLog
  /** After each pass, and when the machinery comes or goes. */
  readonly changed: () => void
}

/** The applications of an environment on their engine: starts with the first one and is gone with the last. */
export class RunningEnvironment {
  readonly #ports: RunningPorts
  readonly #secrets = new Map<string, SecretValues>()
  #allSecrets: SecretValues | undefined
  readonly #shade = new SecretShade()
  readonly #watch: ModelWatch
  #machinery: Machinery | undefined
  #loaded: LoadResult | undefined
  #disposing: Promise<void> | undefined
  /** Looked for with each `up` only: listeners do not come and go by themselves. */
  #tls: 'always' | undefined

  constructor(ports: RunningPorts) {
    this.#ports = ports
    this.#watch = new ModelWatch(ports.control.watcher, (order) => void this.#reload(order))
  }

  get machinery(): Machinery | undefined {
    return this.#machinery
  }

  get loaded(): LoadResult | undefined {
    return this.#loaded
  }

  /** The same map while nothing changes. */
  get secrets(): SecretValues {
    this.#allSecrets ??= new Map([...this.#secrets.values()].flatMap((values) => [...values]))
    return this.#allSecrets
  }

  /** Hides values of secrets in texts that come from programs of the user. */
  get shade(): Pick<SecretShade, 'text'> {
    return this.#shade
  }

  /** The state, or an empty one while nothing was ever applied. */
  stateOn(engine: Engine): ControlState {
    return this.#machinery?.shell.state ?? emptyState(this.#ports.name, engine)
  }

  /** Begins on an engine, or continues. */
  async begin(engine: Engine, clock: ControlState['clock']): Promise<Machinery> {
    await this.#disposing
    this.#machinery ??= this.#start({ ...emptyState(this.#ports.name, engine), clock }, engine)
    return this.#machinery
  }

  enter(order: ApplyOrder, accepted: AcceptedOrder): void {
    const { control } = this.#ports
    for (const { model } of accepted.models) this.#secrets.set(model.name, accepted.secrets)
    this.#allSecrets = undefined
    this.#shade.learn(accepted.secrets)
    this.#tls = control.certificates?.hasAuthority === true ? 'always' : undefined
    this.#machinery?.link.refresh()
    this.#loaded = accepted.result
    const { models, scale } = accepted
    this.#machinery?.shell.post({ type: 'models', models, removeOrphans: order.removeOrphans ?? false, scale })
    if (order.watch !== false && accepted.models.every((item) => !item.order.fromStdin)) {
      this.#watch.follow(
        accepted.models.map((item) => item.model.name),
        // An edit of the model counts more than what was asked for once.
        { ...order, scale: {} },
        accepted.result.watched,
      )
    }
  }

  /** Takes over what an earlier daemon left: its applied models are finished, its replicas and edge adopted. */
  async restore(saved: SavedEnvironment, engine: Engine): Promise<void> {
    const { name, control } = this.#ports
    this.#tls = control.certificates?.hasAuthority === true ? 'always' : undefined
    const state = restoreState(emptyState(name, engine), saved, { definitions: control.definitions, now: control.clock.now() })
    for (const app of state.apps.values()) await this.#reloadSecrets(app.model.name, reloadOrder(app.order))
    this.#machinery = this.#start(state, engine)
    // Before anything is planned, so that a running edge never sees an empty table.
    if (state.apps.size > 0) await this.#machinery.link.adopt()
  }

  /** Values of secrets are not kept on disk: they are read again from the model and the env files. */
  async #reloadSecrets(app: string, order: ApplyOrder | undefined): Promise<void> {
    if (order === undefined) return
    const accepted = await acceptOrder(order, this.#ports.control).catch((error: unknown) => this.#cannotRead(app, error))
    if (accepted === undefined) return
    this.#secrets.set(app, accepted.secrets)
    this.#allSecrets = undefined
    this.#shade.learn(accepted.secrets)
    this.#loaded = accepted.result
    if (order.watch !== false) this.#watch.follow([app], order, accepted.result.watched)
  }

  #cannotRead(app: string, error: unknown): undefined {
    this.#ports.control.logger.log('warn', 'the model of an application cannot be read again; its last good form stays', {
      app,
      reason: String(error),
    })
    return undefined
  }

  #start(state: ControlState, engine: Engine): Machinery {
    const { control, events } = this.#ports
    const tls = (): 'always' | undefined => this.#tls
    const context = {
      ...this.#ports.context,
      get tls() {
        return tls()
      },
    }
    const machinery = new Machinery(state, { control, engine, events, context, secrets: () => this.secrets, shade: this.#shade })
    machinery.shell.onPass((next) => this.#afterPass(next))
    machinery.start()
    return machinery
  }

  #afterPass(state: ControlState): void {
    this.#watch.keep(new Set(state.apps.keys()))
    if (isOver(state)) this.#dispose()
    this.#ports.changed()
  }

  #dispose(): void {
    const machinery = this.#machinery
    if (machinery === undefined) return
    this.#machinery = undefined
    this.#secrets.clear()
    this.#allSecrets = undefined
    const { logger } = this.#ports.control
    this.#disposing = machinery
      .dispose()
      .catch((error: unknown) => logger.log('warn', 'an ended environment could not be forgotten', { reason: String(error) }))
  }

  /** A changed model file: the new model is applied; one that does not load leaves the last good one running. */
  async #reload(order: ApplyOrder): Promise<void> {
    const machinery = this.#machinery
    if (machinery === undefined) return
    try {
      const accepted = await acceptOrder(order, this.#ports.control)
      const { apps } = machinery.shell.state
      // An edit does not bring back what is being taken down.
      const wanted = accepted.models.filter((item) => apps.get(item.model.name)?.ending === undefined)
      const known = wanted.map(({ images: _images, ...item }) => ({ ...item, session: apps.get(item.model.name)?.session }))
      const models = known.map(({ session, ...item }) => (session === undefined ? item : { ...item, session }))
      this.enter(order, { ...accepted, models })
    } catch (error) {
      if (!(error instanceof RefusalError)) throw error
      const applications = [...machinery.shell.state.apps.values()]
        .filter((app) => isOrderOf(app.order, order))
        .map((app) => app.model.name)
      machinery.shell.post({ type: 'model-rejected', applications, diagnostics: error.error.diagnostics ?? [] })
    }
  }

  /** Stops loops; replicas and edge stay. */
  async stop(): Promise<void> {
    this.#watch.stop()
    await this.#machinery?.stop()
    await this.#disposing
  }
}

/** The same files of the same project: an order without files is that of the project's overlay. */
function isOrderOf(known: ApplicationOrder, order: ApplyOrder): boolean {
  const given = order.files.flatMap((file) => ('path' in file ? [file.path] : []))
  return known.directory === order.directory && known.overlay === order.overlay && sameValue(known.files, given)
}

/** Nothing is wanted, nothing is there, nothing is under way. */
function isOver(state: ControlState): boolean {
  if (state.apps.size > 0 || state.observed === undefined || state.pass < 2) return false
  return state.observed.replicas.length === 0 && state.work.inFlight.size === 0 && state.plan.steps.length === 0 && !state.edge.attached
}

function emptyState(name: string, engine: Engine): ControlState {
  return initialState(name, {
    name: engine.name,
    traits: engine.traits,
    images: engine.images !== undefined,
    sandboxes: engine.sandboxes !== undefined,
    volumes: engine.volumes !== undefined,
    freezes: engine.freezer !== undefined,
  })
}
