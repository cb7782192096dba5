import type { ArchivePlace, ForwardPlace, ReplicaAccess } from '../../src/control/environment-control.ts'
import type { ByteStream } from '../../src/model/engine.ts'
import type { ComponentKey, ReplicaId } from '../../src/model/names.ts'
import type { ContainerProcesses, ForwardAnswer, KillAnswer, ReplicaUsage } from '../../src/wire/answers.ts'
import type { KillOrder } from '../../src/wire/requests.ts'
import type { ContainerFiles } from './container-files.ts'

/** Access to replicas that a test scripts; every call is remembered, and may be refused, by `called`. */
export class FakeReplicaAccess implements ReplicaAccess {
  tables: readonly ContainerProcesses[] = []
  /** One answer after the other; the last one stays. */
  usages: (readonly ReplicaUsage[])[] = [[]]
  files: ContainerFiles | undefined
  onConnect: (to: ForwardPlace) => Promise<ByteStream> = async () => echoStream()
  readonly #called: (name: string, argument: unknown) => void

  constructor(called: (name: string, argument: unknown) => void) {
    this.#called = called
  }

  async processes(components: readonly string[]): Promise<readonly ContainerProcesses[]> {
    this.#called('processes', components)
    return this.tables
  }

  async usage(components: readonly string[]): Promise<readonly ReplicaUsage[]> {
    this.#called('usage', components)
    const [first = []] = this.usages
    if (this.usages.length > 1) this.usages.shift()
    return first
  }

  async kill(order: KillOrder): Promise<KillAnswer> {
    this.#called('kill', order)
    const components = order.components.length === 0 ? ['web'] : order.components
    return {
      signalled: components.map((component) => ({
        component: component as ComponentKey,
        replica: `${component}--1.0` as ReplicaId,
        ordinal: order.ordinal ?? 0,
        container: order.container ?? component,
        role: order.container === undefined ? 'app' : 'sidecar',
      })),
    }
  }

  async readArchive(from: ArchivePlace): Promise<AsyncIterable<Uint8Array>> {
    this.#called('readArchive', from)
    return this.#container().read(from.path)
  }

  async writeArchive(to: ArchivePlace, archive: AsyncIterable<Uint8Array>): Promise<void> {
    this.#called('writeArchive', to)
    await this.#container().write(to.path, archive)
  }

  forwardTarget({ component, port, ordinal }: ForwardPlace): ForwardAnswer {
    this.#called('forwardTarget', { component, port })
    return { component: component as ComponentKey, replica: `${component}--1.0` as ReplicaId, ordinal: ordinal ?? 0, port }
  }

  connect(to: ForwardPlace): Promise<ByteStream> {
    this.#called('connect', to)
    return this.onConnect(to)
  }

  #container(): ContainerFiles {
    if (this.files === undefined) throw new Error('this test has no files in its container')
    return this.files
  }
}

/** Answers each piece, and ends when its input ends. */
function echoStream(): ByteStream {
  const queue: Uint8Array[] = []
  let ended = false
  let wake = (): void => {}
  const end = (): void => {
    ended = true
    wake()
  }
  async function* output(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = queue.shift()
      if (next !== undefined) yield next
      else if (ended) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
  return {
    output: output(),
    write: (data) => {
      queue.push(data)
      wake()
    },
    end,
    close: end,
  }
}
