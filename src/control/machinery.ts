import type { EdgeMessage, Engine, Owner, SecretValues } from '../model/index.ts'
import { addCertificates } from './certificates.ts'
import { EdgeLink } from './edge-link.ts'
import { type ExecProbePorts, ExecProbes } from './exec-probes.ts'
import { Observer } from './observer.ts'
import { createPerformers } from './performers.ts'
import { saveState } from './persistence.ts'
import type { ControlPorts, EventLog } from './ports.ts'
import { replicaSpec } from './replica-specs.ts'
import { EnvironmentScaling } from './scaling/environment-scaling.ts'
import { Shell, type ShellPorts } from './shell.ts'
import type { ControlState } from './state.ts'

export interface MachineryPorts {
  readonly control: ControlPorts
  readonly engine: Engine
  readonly events: EventLog
  readonly context: ShellPorts['context']
  /** Values of secrets of all applications; the latest ones at each call. */
  readonly secrets: () => SecretValues
  /** For texts from programs of the user, before they are kept or shown. */
  readonly shade: { readonly text: ExecProbePorts['shade']; readonly fault: ShellPorts['shade'] }
}

/** One-off copies get ordinals of their own, far from those of replicas. */
const FIRST_ONE_OFF = 100_000

/** The moving parts of one environment on one engine: shell, edge link, observer, probes. */
export class Machinery {
  readonly engine: Engine
  readonly owner: Owner
  readonly shell: Shell
  readonly link: EdgeLink
  readonly scaling: EnvironmentScaling
  readonly #observer: Observer
  readonly #probes: ExecProbes
  readonly #control: ControlPorts
  /** What was said already. */
  readonly #warned = new Set<string>()
  #saved: Promise<void> = Promise.resolve()
  #oneOff = FIRST_ONE_OFF

  constructor(initial: ControlState, ports: MachineryPorts) {
    const { control, engine, events, context, secrets, shade } = ports
    const { clock, logger, instance } = control
    this.engine = engine
    this.owner = { environment: initial.environment, instance }
    const state = (): ControlState => this.shell.state
    const post: Shell['post'] = (input) => this.shell.post(input)
    const shared = { engine, owner: this.owner, clock, logger, state, post }
    this.scaling = new EnvironmentScaling({
      ...shared,
      secrets,
      shade: shade.text,
      setting: initial.clock,
      counters: () => this.link.counters,
    })
    this.link = new EdgeLink({
      host: engine.edge,
      owner: this.owner,
      clock,
      logger,
      received: (message) => this.#edgeSaid(message),
      shade: shade.text,
      reportEveryMs: this.scaling.time.reportEveryMs,
      attached: (bound, handle) => {
        this.scaling.edgeAttached()
        post({ type: 'edge-attached', bound, ...(handle === undefined ? {} : { handle }) })
      },
      away: (detail) => post({ type: 'edge-away', detail }),
      complete: (table) =>
        addCertificates(table, { source: control.certificates, secrets, warn: (text) => this.#warnOnce(shade.text(text)) }),
    })
    this.#observer = new Observer(shared)
    this.#probes = new ExecProbes({ ...shared, shade: shade.text })
    this.#control = control
    const performers = createPerformers({
      engine,
      owner: this.owner,
      link: this.link,
      state,
      specOf: (of) => replicaSpec(of, { state: state(), owner: this.owner, secrets: secrets() }),
      progress: (ref, text) => this.shell.reportImage(ref, shade.text(text)),
    })
    this.shell = new Shell(initial, {
      clock,
      logger,
      context,
      events,
      link: this.link,
      performers,
      shade: shade.fault,
      observe: () => this.#observer.request(),
      save: (next) => this.#save(next),
    })
    this.shell.onPass((next) => {
      this.#probes.follow(next)
      this.scaling.follow(next)
    })
  }

  start(): void {
    this.#observer.start()
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.shell.report({ type: 'notice', level: 'warning', text })
  }

  /** Images were built beside the plan: what runs moves to them. */
  imagesBuilt(refs: readonly string[]): void {
    if (refs.length > 0) this.shell.post({ type: 'command', command: { do: 'images-built', refs } })
    this.#observer.request()
  }

  nextOneOff(): number {
    return this.#oneOff++
  }

  /** Resolves when what was ordered so far is on disk. */
  saved(): Promise<void> {
    return this.#saved
  }

  /** Lets go of everything; replicas and edge stay. Resolves when the state is on disk. */
  async stop(): Promise<void> {
    this.#observer.stop()
    this.#probes.stop()
    const scaling = this.scaling.stop()
    this.shell.stop()
    this.link.close()
    await scaling
    await this.#saved
  }

  /** Stops for good and forgets the saved state: nothing of the environment is left. */
  async dispose(): Promise<void> {
    await this.stop()
    this.link.requests.close()
    await this.#control.store.remove(this.owner.environment)
  }

  /** The store writes the latest state and skips what was overtaken. */
  #save(state: ControlState): void {
    const { store, logger } = this.#control
    const failed = (error: unknown): void =>
      logger.log('error', 'the state of an environment cannot be written', { environment: state.environment, reason: String(error) })
    this.#saved = store.save(state.environment, saveState(state)).catch(failed)
  }

  #edgeSaid(message: EdgeMessage): void {
    const { shell } = this
    const backend = (id: string) => shell.state.table?.backends.find((candidate) => candidate.id === id)
    switch (message.type) {
      case 'ack':
        shell.post({ type: 'edge-acknowledged', bound: message.bound, problems: message.problems })
        break
      case 'probe': {
        const { replica, container, kind, epoch, ok, detail, repeated } = message
        shell.post({ type: 'probe', replica, container, kind, epoch, ok, detail, repeated })
        break
      }
      case 'demand': {
        const component = backend(message.backend)?.component
        if (component === undefined) break
        this.scaling.demand(component, message.held)
        shell.post({ type: 'demand', component, held: message.held })
        break
      }
      case 'held': {
        const component = backend(message.backend)?.component
        const { event, waitedMs, count } = message
        if (component !== undefined && event !== 'cancelled')
          shell.report({ type: `request.${event}`, component, waitedMs, ...(count === undefined ? {} : { count }) })
        break
      }
      case 'counters':
        this.scaling.counted(message.backends)
        break
      case 'unknown-name':
        shell.post({ type: 'unknown-name', name: message.name, client: message.client })
        break
      case 'outlier':
        shell.report({ type: 'notice', level: 'warning', text: `${message.replica} refused a connection: ${message.detail}` })
        this.#observer.request()
        break
      default:
        break
    }
  }
}
