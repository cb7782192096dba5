import { advance } from '../../../src/control/advance.ts'
import type { ControlContext } from '../../../src/control/context.ts'
import type { AppliedModel, Effect, Input } from '../../../src/control/input.ts'
import { type ControlState, initialState } from '../../../src/control/state.ts'
import { builtinDefinitions } from '../../../src/definitions/index.ts'
import { loadApplications } from '../../../src/dialects/index.ts'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { Endpoint } from '../../../src/model/engine.ts'
import type { ReplicaId } from '../../../src/model/names.ts'
import type { ObservedReplica } from '../../../src/model/observed.ts'
import type { Action } from '../../../src/model/step.ts'
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
    const add = (name: string, input: Input): void => {
      goals.push({ name: `pass: ${label}, ${name}`, atMost })
      sides[`pass: ${label}, ${name}`] = () => {
        advance(world.state, input, world.now, context)
        return undefined
      }
    }
    add('nothing changed', { type: 'wake' })
    add('observed, nothing changed', world.observation({}))
    add('observed, one crashed', world.observation({ crashed: 1 }))
    add('one restarted by hand', { type: 'command', command: { do: 'restart', components: world.components.slice(0, 1) } })
    add('all images changed', await loaded(components, replicas, '2'))
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
    world.#enter({ type: 'edge-attached', bound: {} })
    world.#enter(world.observation({}))
    world.#enter(await loaded(components, replicas, '1'))
    for (let round = 0; round < 10; round++) {
      world.#enter(world.observation({}))
      for (const { replica, container, kind, epoch } of world.state.table?.probes ?? []) {
        world.#enter({ type: 'probe', replica, container, kind, epoch, ok: true, detail: 'connected', repeated: 1 })
      }
    }
    const { phases, plan } = world.state
    const ready = [...phases.values()].filter((phase) => phase === 'ready').length
    if (ready !== components * replicas || plan.steps.length > 0) {
      console.log(
        phases.size,
        plan.steps.slice(0, 3),
        plan.holds.slice(0, 3),
        world.state.apps.get('shop')?.run,
        world.state.desired.revisions.length,
        world.state.table?.probes.length,
      )
      throw new Error(`${ready} replicas are ready`)
    }
    return world
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
    const observed = anObservation(replicas, { at: this.now, networks: ['shop'] })
    return { type: 'observed', began: this.state.pass, observed, endpoints }
  }

  #enter(input: Input): void {
    const { state, effects } = advance(this.state, input, this.now, context)
    this.state = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: Effect): void {
    if (effect.type !== 'run') return
    this.#start(effect.step.action)
    this.#enter({ type: 'step-done', key: effect.step.key })
  }

  #start(action: Action): void {
    if (action.do !== 'startReplica') return
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
