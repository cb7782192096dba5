import type { MeterChannel, MeterHost, Owner } from '../../../../src/model/engine.ts'
import { MeterPrograms } from '../../shared/meter-programs.ts'
import type { MeterProgram } from '../../shared/meter-session.ts'
import { createContainer, removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { attachTo } from '../edge/attachment.ts'
import { toFault } from '../faults.ts'
import { ensureNetwork } from '../network.ts'
import { names } from '../place.ts'
import { meterBody, removeMeters } from './meter-container.ts'
import { meterProgram } from './meter-program.ts'

/** The program that reads triggers as a container beside the edge, controlled over its standard streams. */
export class DockerMeterHost implements MeterHost {
  readonly #context: DockerContext
  readonly #programs: MeterPrograms

  constructor(context: DockerContext) {
    this.#context = context
    const { clock, logger } = context
    this.#programs = new MeterPrograms({
      clock,
      logger,
      start: (owner, signal) => this.#start(owner, signal),
      clear: (owner, signal) => removeMeters(context, owner, signal),
    })
  }

  attach(owner: Owner, signal: AbortSignal): Promise<MeterChannel> {
    return this.#do(`attach to the readers of environment ${owner.environment}`, signal, () => this.#programs.attach(owner, signal))
  }

  remove(owner: Owner, signal: AbortSignal): Promise<void> {
    return this.#do(`remove the readers of environment ${owner.environment}`, signal, () => this.#programs.remove(owner, signal))
  }

  /** Ends all programs: they live as long as somebody holds their streams. */
  release(): Promise<void> {
    return this.#programs.release()
  }

  async #start(owner: Owner, signal: AbortSignal): Promise<MeterProgram> {
    const { docker, place, houseImage } = this.#context
    const { environment } = owner
    const [network, image] = await Promise.all([ensureNetwork(this.#context, owner, signal), houseImage(signal)])
    const body = meterBody({ owner, home: place.home, image, network })
    const id = await createContainer(this.#context, { name: names.meters(place, environment), body }, signal)
    try {
      // Before it starts: its first words are kept nowhere.
      const socket = await attachTo(this.#context, { id, streams: 'all' }, signal)
      const program = meterProgram(this.#context, { id, environment, socket })
      await docker.getContainer(id).start({ abortSignal: signal })
      return program
    } catch (error) {
      // Also after the signal: what was made in vain does not stay.
      await removeContainer(this.#context, id, new AbortController().signal)
      throw error
    }
  }

  async #do<T>(doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      throw toFault(error, doing)
    }
  }
}
