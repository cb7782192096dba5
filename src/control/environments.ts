import type { Millis } from '../kernel/instant.ts'
import { withTimeLimit } from '../kernel/time-limit.ts'
import { DEFAULT_WEB_PORT } from '../routing/table-input.ts'
import type { EnvironmentSummary } from '../wire/views.ts'
import { Environment } from './environment.ts'
import type { EnvironmentControl, Environments } from './environment-control.ts'
import { createEventLog } from './event-log.ts'
import { readSaved } from './persistence.ts'
import type { ControlPorts } from './ports.ts'

const LIST_MS: Millis = 10_000
const REMOVE_MS: Millis = 60_000

/** Makes the control side of a daemon: all its environments over the given ports. */
export function createEnvironments(ports: ControlPorts): Environments {
  return new EnvironmentSet(ports)
}

class EnvironmentSet implements Environments {
  readonly #ports: ControlPorts
  readonly #environments = new Map<string, Environment>()
  readonly #listeners = new Set<(idle: boolean) => void>()
  #wasIdle = true

  constructor(ports: ControlPorts) {
    this.#ports = ports
  }

  get names(): readonly string[] {
    return [...this.#environments.keys()].sort()
  }

  get(name: string): EnvironmentControl | undefined {
    return this.#environments.get(name)
  }

  async open(name: string): Promise<EnvironmentControl> {
    return this.#make(name)
  }

  summaries(): readonly EnvironmentSummary[] {
    return [...this.#environments.values()].map((environment) => environment.summary()).filter((summary) => summary.applications.length > 0)
  }

  /** What the store remembers is taken over; an environment that has replicas but no record is ended as a stray. */
  async start(): Promise<void> {
    const { store, engines, logger } = this.#ports
    for (const name of await store.names()) {
      const saved = readSaved(await store.load(name))
      const engine = engines.find((candidate) => candidate.name === saved?.engine)
      if (saved === undefined || engine === undefined) {
        logger.log('warn', 'an environment cannot be taken over: its record is unreadable or its engine is not here', { environment: name })
        continue
      }
      await this.#make(name).running.restore(saved, engine)
    }
    await this.#harvest()
    this.#reportIdle()
  }

  /** Nobody knows what these replicas should be: their environment has no record, so they are leftovers. */
  async #harvest(): Promise<void> {
    const { engines, logger, instance, clock } = this.#ports
    for (const engine of engines) {
      const names = await withTimeLimit(clock, LIST_MS, (signal) => engine.environments(signal)).catch(() => [])
      for (const name of names) {
        if (this.#environments.has(name)) continue
        logger.log('info', 'leftovers of an environment without a record are removed', { environment: name, engine: engine.name })
        const owner = { environment: name, instance }
        await withTimeLimit(clock, REMOVE_MS, (signal) => engine.removeEnvironment(owner, signal)).catch((error: unknown) =>
          logger.log('warn', 'leftovers could not be removed', { environment: name, reason: String(error) }),
        )
      }
    }
  }

  #make(name: string): Environment {
    const known = this.#environments.get(name)
    if (known !== undefined) return known
    const { clock, store, definitions } = this.#ports
    const events = createEventLog({ clock, record: (envelope) => store.record(name, envelope) })
    const context = { definitions, webPort: DEFAULT_WEB_PORT }
    const environment = new Environment({ name, control: this.#ports, context, events, changed: () => this.#reportIdle() })
    this.#environments.set(name, environment)
    return environment
  }

  async endSession(session: string): Promise<void> {
    for (const environment of this.#environments.values()) {
      const { machinery } = environment.running
      const applications = [...(machinery?.shell.state.apps.values() ?? [])]
        .filter((app) => app.session === session)
        .map((app) => app.model.name)
      if (applications.length > 0) machinery?.shell.post({ type: 'command', command: { do: 'down', applications, volumes: false } })
    }
  }

  sessions(): readonly string[] {
    const apps = [...this.#environments.values()].flatMap(({ running }) => [...(running.machinery?.shell.state.apps.values() ?? [])])
    return [...new Set(apps.flatMap(({ session, ending }) => (session === undefined || ending !== undefined ? [] : [session])))]
  }

  idle(): boolean {
    return [...this.#environments.values()].every((environment) => environment.running.machinery === undefined)
  }

  onIdleChange(listener: (idle: boolean) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  #reportIdle(): void {
    const idle = this.idle()
    if (idle === this.#wasIdle) return
    this.#wasIdle = idle
    for (const listener of this.#listeners) listener(idle)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#environments.values()].map((environment) => environment.running.stop()))
  }
}
