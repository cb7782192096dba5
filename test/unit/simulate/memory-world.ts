import { instant } from '../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import { backendId, type EdgeMessage, type EdgeTable } from '../../../src/model/edge.ts'
import type { EdgeChannel, ReplicaSpec } from '../../../src/model/engine.ts'
import { createMemoryEngine, type MemoryEngine } from '../../../src/simulate/memory-engine.ts'
import type { Behaviour } from '../../../src/simulate/scenario.ts'
import { aComponent, aReplicaId, aRevision, aRevisionId, type ComponentBuilder, key } from '../../kit/builders.ts'

export const owner = { environment: 'shop', instance: 'daemon-1' }
export const never = new AbortController().signal
export const web = backendId(key('web'), 8000)

/** A memory engine at time 1,000 with the environment `shop`, and the control core's end of its edge. */
export class MemoryWorld {
  readonly clock = new VirtualClock({ start: instant(1000) })
  readonly engine: MemoryEngine
  readonly heard: EdgeMessage[] = []
  #channel: EdgeChannel | undefined
  #version = 0

  constructor(behaviour: Behaviour = {}) {
    this.engine = createMemoryEngine({ clock: this.clock, behaviour })
  }

  spec(component: ComponentBuilder = aComponent('web').listens(8000), ordinal = 0, restartToken = 0): ReplicaSpec {
    const revision = aRevision(component, '7f3')
    return {
      ref: { owner, id: aReplicaId(revision.component, '7f3', ordinal) },
      app: 'shop',
      revision,
      ordinal,
      restartToken,
      sidecars: [],
      network: 'shop',
      environmentOf: () => new Map(),
      filesOf: () => undefined,
    }
  }

  async start(component?: ComponentBuilder, ordinal = 0): Promise<ReplicaSpec> {
    const spec = this.spec(component, ordinal)
    const started = this.engine.startReplica(spec, never)
    await this.clock.advance(0)
    await started
    return spec
  }

  async observe(): Promise<readonly string[]> {
    const { replicas } = await this.engine.observe(owner, never)
    return replicas.map(
      ({ id, phase, containers }) =>
        `${id} ${phase}: ${containers.map(({ name, state, restarts }) => `${name} ${state} ${restarts}`).join(', ')}`,
    )
  }

  async attach(): Promise<void> {
    const channel = await this.engine.edge.attach(owner, never)
    this.#channel = channel
    const listen = async (): Promise<void> => {
      for await (const message of channel.messages) this.heard.push(message)
    }
    void listen()
    await this.settle()
  }

  async send(table: Partial<EdgeTable>): Promise<void> {
    this.#version++
    this.#channel?.send({
      type: 'table',
      table: { version: this.#version, environment: 'shop', listeners: [], routes: [], backends: [], probes: [], names: [], ...table },
    })
    await this.settle()
  }

  /** A table in which these ordinals of `web` take traffic, or drain. */
  async serve(ready: readonly number[], changes: { readonly draining?: readonly number[]; readonly refuse?: string } = {}): Promise<void> {
    const replica = (ordinal: number) => ({
      id: aReplicaId('web', '7f3', ordinal),
      revision: aRevisionId('web', '7f3'),
      host: '',
      port: 8000,
    })
    const { draining = [], refuse } = changes
    await this.send({
      routes: [{ host: 'shop.example', path: '/', pathType: 'prefix', targets: [{ backend: web, upTo: 1 }], holdMs: 5000 }],
      backends: [
        {
          id: web,
          component: key('web'),
          app: 'shop',
          replicas: ready.map(replica),
          starting: [],
          draining: draining.map(replica),
          gate:
            refuse === undefined ? { mode: 'hold', reason: 'starting' } : { mode: 'refuse', status: 503, code: 'MP6003', reason: refuse },
          maxHeld: 100,
          holdMs: 60_000,
        },
      ],
    })
  }

  said(type: EdgeMessage['type']): readonly EdgeMessage[] {
    return this.heard.filter((message) => message.type === type)
  }

  settle(): Promise<void> {
    return this.clock.advance(0)
  }
}
