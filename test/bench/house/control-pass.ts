import { advance } from '../../../src/control/advance.ts'
import type { ControlContext } from '../../../src/control/context.ts'
import { fold } from '../../../src/control/fold.ts'
import type { AppliedModel, Effect, Input } from '../../../src/control/input.ts'
import { type ControlState, initialState } from '../../../src/control/state.ts'
import { builtinDefinitions } from '../../../src/definitions/index.ts'
import { loadApplications } from '../../../src/dialects/index.ts'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { Action, Endpoint, ObservedReplica, ReplicaId } from '../../../src/model/index.ts'
import { anObservation, aReplica } from '../../kit/builders.ts'
import { application } from '../../kit/oam-text.ts'
import { type Goal, interleave, median, type Side } from '../harness.ts'

const definitions = builtinDefinitions()
const context: ControlContext = { definitions, webPort: 8080 }
const ENGINE: ControlState['engine'] = {
  name: 'memory',
  traits: { serviceNames: 'rewritten', runs: 'anything', virtualTime: true },
  images: false,
  sandboxes: false,
  volumes: false,
}

/** Ours: applying a model, which renders every component and hashes the model, may take as long as a person does not notice. */
const APPLY_MS = 100

/** One whole pass of the control core (fold, workflow, plan, routes, events) over the same sizes as the planner alone. */
export async function measureControlPass(rounds = 31): Promise<readonly Goal[]> {
  const sizes = [
    { label: '100 components', components: 100, replicas: 1, atMost: 5 },
    { label: '1,000 replicas', components: 100, replicas: 10, atMost: 50 },
  ] as const
  const goals: { readonly name: string; readonly atMost: number }[] = []
  const sides: Record<string, Side> = {}
  for (const { label, components, replicas, atMost } of sizes) {
    const world = await PassWorld.atRest(components, replicas)
    const add = (name: string, input: Input, of = world): void => {
      goals.push({ name: `pass: ${label}, ${name}`, atMost })
      sides[`pass: ${label}, ${name}`] = () => void of.after(input)
    }
    add('nothing changed', { type: 'wake' })
    add('observed again', world.observation({}))
    add('one crashed', world.observation({ crashed: 1 }))
    add('one restarted', { type: 'command', command: { do: 'restart', components: world.components.slice(0, 1) } })
    const changing = world.after(await loaded(components, replicas, '2'))
    add('while all change', changing.observation({ crashed: 1 }), changing)
    const apply = `apply: ${label}, all changed`
    goals.push({ name: apply, atMost: APPLY_MS })
    const model = await loaded(components, replicas, '3')
    sides[apply] = () => void world.after(model)
  }
  const measured = await interleave(sides, { rounds, warmUp: 5 })
  return goals.map((goal) => ({ ...goal, unit: 'ms', value: median(measured[goal.name] ?? []) }))
}

/** A control state with everything up and ready, reached through the same inputs as in the daemon. */
class PassWorld {
  state = initialState('shop', ENGINE)
  now: Instant = instant(1_700_000_000_000)
  readonly #replicas = new Map<ReplicaId, ObservedReplica>()

  static async atRest(components: number, replicas: number): Promise<PassWorld> {
    const world = new PassWorld()
    world.#enter(world.observation({}))
    world.#enter(await loaded(components, replicas, '1'))
    world.#enter(world.observation({}))
    for (const { replica, container, kind, epoch } of world.state.table?.probes ?? []) {
      world.#fold({ type: 'probe', replica, container, kind, epoch, ok: true, detail: 'connected', repeated: 1 })
    }
    // The workflow ends, then the plan becomes empty.
    for (let round = 0; round < 3; round++) world.#enter(world.observation({}))
    const { phases, plan } = world.state
    const ready = [...phases.values()].filter((phase) => phase === 'ready').length
    if (ready !== components * replicas || plan.steps.length > 0)
      throw new Error(`${ready} replicas are ready, ${plan.steps.length} steps are left`)
    return world
  }

  /** The world after one more pass; this one stays as it is. */
  after(input: Input): PassWorld {
    const next = new PassWorld()
    next.state = advance(this.state, input, this.now, context).state
    for (const [id, replica] of this.#replicas) next.#replicas.set(id, replica)
    return next
  }

  get components() {
    return this.state.desired.revisions.map(({ revision }) => revision.component)
  }

  observation({ crashed = 0 }: { readonly crashed?: number }): Input {
    const replicas = [...this.#replicas.values()].map((replica, index) =>
      index < crashed
        ? { ...replica, containers: replica.containers.map((container) => ({ ...container, state: 'exited' as const, exitCode: 1 })) }
        : replica,
    )
    const endpoints = new Map<ReplicaId, ReadonlyMap<number, Endpoint>>()
    for (const [index, { id }] of replicas.entries()) endpoints.set(id, new Map([[8080, { host: '127.0.0.1', port: 20_000 + index }]]))
    const observed = anObservation(replicas, { at: this.now, networks: [] })
    return { type: 'observed', began: this.state.pass, observed, endpoints }
  }

  #enter(input: Input): void {
    const { state, effects } = advance(this.state, input, this.now, context)
    this.state = state
    for (const effect of effects) this.#perform(effect)
  }

  /** Without a pass: one for each of a thousand replicas would take longer than the bench. */
  #fold(input: Input): void {
    this.state = fold(this.state, input, this.now).state
  }

  #perform(effect: Effect): void {
    if (effect.type !== 'run') return
    const { action, key } = effect.step
    if (action.do === 'ensureNetwork') this.#enter({ type: 'edge-attached', bound: {} })
    if (action.do === 'startReplica') this.#start(action)
    const done = { type: 'step-done', key } as const
    if (action.do === 'startReplica') this.#fold(done)
    else this.#enter(done)
  }

  #start(action: Extract<Action, { do: 'startReplica' }>): void {
    const revision = this.state.revisions.get(action.revision)
    if (revision === undefined) throw new Error(`${action.revision} is unknown`)
    const replica = aReplica(revision.component, revision.hash, action.ordinal).build()
    const containers = revision.spec.pod.containers.map(
      ({ name }) => ({ ...replica.containers[0], name }) as ObservedReplica['containers'][0],
    )
    this.#replicas.set(action.replica, { ...replica, id: action.replica, revision: revision.id, app: revision.app, containers })
  }
}

async function loaded(components: number, replicas: number, tag: string): Promise<Input> {
  const text = application({
    components: Array.from({ length: components }, (_, index) => {
      const name = `component-${String(index).padStart(3, '0')}`
      const properties = `{ image: "${name}:${tag}", ports: [{ port: 8080, expose: true }] }`
      return `{ name: ${name}, type: webservice, properties: ${properties}, traits: [{ type: scaler, properties: { replicas: ${replicas} } }] }`
    }),
  })
  const { outcome } = await loadApplications(
    { files: [{ stdin: text }], directory: '/shop', envFiles: [], environment: {}, strict: false },
    { readText: async () => undefined, list: async () => undefined },
    definitions,
  )
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics))
  const order = { files: [], fromStdin: true, directory: '/shop', envFiles: [], components: [], strict: false, watch: false }
  const models: readonly AppliedModel[] = outcome.value.applications.map((model) => ({ model, order, diagnostics: [] }))
  return { type: 'models', models, removeOrphans: false }
}
