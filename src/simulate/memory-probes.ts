import type { Clock } from '../kernel/clock.ts'
import { after } from '../kernel/instant.ts'
import type { EdgeMessage, EdgeProbe, StartingReplica } from '../model/edge.ts'
import type { ReplicaId } from '../model/names.ts'
import type { MemoryReplica } from './memory-replica.ts'

export interface ProbePorts {
  readonly clock: Clock
  readonly send: (message: EdgeMessage) => void
  readonly find: (replica: ReplicaId) => MemoryReplica | undefined
  /** A probe of the replica passes that did not before. */
  readonly onPass: (replica: ReplicaId) => void
}

interface Loop {
  probe: EdgeProbe
  timer: Disposable | undefined
  last: boolean | undefined
  repeated: number
}

/** Asks the probes of the table as often as they say; the scenario answers. */
export class MemoryProbes {
  readonly #ports: ProbePorts
  readonly #loops = new Map<string, Loop>()

  constructor(ports: ProbePorts) {
    this.#ports = ports
  }

  update(probes: readonly EdgeProbe[]): void {
    const wanted = new Map(probes.map((probe) => [keyOf(probe), probe]))
    for (const [key, loop] of this.#loops) {
      const probe = wanted.get(key)
      if (probe !== undefined) loop.probe = probe
      else {
        loop.timer?.[Symbol.dispose]()
        this.#loops.delete(key)
      }
    }
    for (const [key, probe] of wanted) {
      if (this.#loops.has(key)) continue
      const loop: Loop = { probe, timer: undefined, last: undefined, repeated: 0 }
      this.#loops.set(key, loop)
      this.#later(loop, probe.delayMs)
    }
  }

  /** Whether the last answer to the probe that the replica waits for was good. */
  passes({ id, awaits }: StartingReplica): boolean {
    return this.#loops.get(keyOf({ replica: id, kind: 'ready', ...awaits }))?.last === true
  }

  /** After an attach the control core has forgotten what it was told: everything is said again. */
  repeat(): void {
    for (const loop of this.#loops.values()) loop.repeated = 0
  }

  close(): void {
    this.update([])
  }

  #later(loop: Loop, delayMs: number): void {
    const { clock } = this.#ports
    loop.timer = clock.at(after(clock.now(), delayMs), () => this.#ask(loop))
  }

  #ask(loop: Loop): void {
    const { probe } = loop
    const { ok, detail } = answerProbe(probe, this.#ports.find(probe.replica))
    const isNew = loop.repeated === 0 || ok !== loop.last
    loop.repeated = isNew ? 1 : loop.repeated + 1
    loop.last = ok
    if (isNew && ok) this.#ports.onPass(probe.replica)
    const { repeated } = loop
    if (repeated === 1 || repeated === (ok ? probe.successes : probe.failures)) {
      const { replica, container, kind, epoch } = probe
      this.#ports.send({ type: 'probe', replica, container, kind, epoch, ok, detail, repeated })
    }
    this.#later(loop, probe.everyMs)
  }
}

function keyOf({ replica, container, kind, epoch }: Pick<EdgeProbe, 'replica' | 'container' | 'kind' | 'epoch'>): string {
  return `${replica}/${container}/${kind}/${epoch}`
}

function answerProbe(probe: EdgeProbe, replica: MemoryReplica | undefined): { readonly ok: boolean; readonly detail: string } {
  const container = replica?.container(probe.container)
  const ranMs = container?.ranMs
  if (replica === undefined || container === undefined || ranMs === undefined) return { ok: false, detail: 'connection refused' }
  if (replica.frozen) return { ok: false, detail: `no answer within ${probe.timeoutMs} ms` }
  const { script } = container
  if (script.probe !== undefined) return script.probe({ kind: probe.kind, action: probe.action, ranMs })
  return ranMs >= (script.readyMs ?? 0) ? { ok: true, detail: 'answered' } : { ok: false, detail: 'connection refused' }
}
