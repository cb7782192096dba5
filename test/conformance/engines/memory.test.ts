import { hashValue } from '../../../src/kernel/hash.ts'
import { instant } from '../../../src/kernel/instant.ts'
import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import type { Owner, ReplicaSpec } from '../../../src/model/engine.ts'
import { replicaId, revisionId } from '../../../src/model/names.ts'
import { createMemoryEngine } from '../../../src/simulate/memory-engine.ts'
import type { Script } from '../../../src/simulate/scenario.ts'
import { aComponent, aContainer, anOrigin } from '../../kit/builders.ts'
import type { Program, SuiteComponent, SuiteContainer } from './program.ts'
import { engineConformance } from './suite.ts'

const owner: Owner = { environment: 'test', instance: 'daemon-1' }

engineConformance({
  name: 'memory',
  facets: { network: false, adoption: false, realProcesses: false },
  async create() {
    const clock = new VirtualClock({ start: instant(1_000_000) })
    const scripts = new Map<string, Script>()
    const engine = createMemoryEngine({ clock, behaviour: ({ container }) => scripts.get(container) ?? {} })
    let over = false
    // The suite waits for verbs that take (virtual) time, so time passes by itself whenever something waits for it.
    const flow = async (): Promise<void> => {
      while (!over) {
        const next = clock.next()
        if (next === undefined) await clock.advance(0)
        else await clock.advanceTo(next)
      }
    }
    const flowing = flow()
    return {
      engine,
      owner,
      specOf: (component) => {
        for (const { name, program } of [...(component.initContainers ?? []), ...component.containers]) scripts.set(name, scriptOf(program))
        return specOf(component)
      },
      crash: async (ref, container) => engine.crash(owner.environment, ref.id, { container, code: 137 }),
      async until(check) {
        for (let attempt = 0; attempt < 500; attempt++) {
          const found = await check()
          if (found !== undefined) return found
          await clock.advance(0)
        }
        throw new Error('not so after 500 turns')
      },
      async dispose() {
        over = true
        await flowing
      },
    }
  },
})

function scriptOf(program: Program): Script {
  switch (program.kind) {
    case 'serve':
      return {}
    case 'exit':
      return { exits: { afterMs: program.afterMs ?? 0, code: program.code } }
    case 'stay':
      return {
        exits: 'never',
        ...(program.onTerm === 'ignore' ? { stopMs: 'never' } : {}),
        ...(program.onTerm === 'exit-0' ? { stopCode: 0 } : {}),
        ...(program.say === undefined ? {} : { says: [{ afterMs: 0, text: program.say }] }),
      }
    case 'print':
      return {
        says: [...lines(program.out, 'out'), ...lines(program.err, 'err')],
        exits: program.end === 'exit' ? { afterMs: 0, code: 0 } : 'never',
      }
  }
}

function lines(pieces: readonly string[] = [], stream: 'out' | 'err'): NonNullable<Script['says']> {
  return pieces.map((text) => ({ afterMs: 0, text: text.trimEnd(), stream }))
}

function specOf(component: SuiteComponent): ReplicaSpec {
  const { name, containers, initContainers = [], ordinal = 0, restartToken = 0 } = component
  const hash = component.hash ?? hashValue([containers, initContainers])
  const pod = { containers: containers.map(toContainer), initContainers: initContainers.map(toContainer) }
  const spec = aComponent(name).pod(pod).build()
  const revision = { id: revisionId(spec.key, hash), component: spec.key, app: 'shop', hash, spec }
  return {
    ref: { owner, id: replicaId(revision.id, ordinal) },
    app: 'shop',
    revision,
    ordinal,
    restartToken,
    sidecars: [],
    network: owner.environment,
    environmentOf: () => new Map(),
    filesOf: () => undefined,
  }
}

function toContainer({ name, ports = [] }: SuiteContainer): ReturnType<typeof aContainer> {
  return aContainer(name, {
    ports: ports.map((number) => ({ name: `port-${number}`, number, protocol: 'http1', origin: anOrigin('ports') })),
  })
}
