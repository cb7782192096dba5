import { delimiter } from 'node:path'
import { hashValue } from '../../../../src/kernel/hash.ts'
import { messageOf } from '../../../process-identity/system-error.ts'
import { engineWords, hasStatus, toFault } from '../faults.ts'
import { LABELS } from '../labels.ts'
import { SharedRuns } from '../shared-runs.ts'
import { edgeFaults } from './faults.ts'
import { buildHouse, type HouseContext, type HouseOrder, importHouse, tryHouse } from './house-maker.ts'
import { type HouseProgramPaths, HouseProgramReader, type HousePrograms } from './house-programs.ts'
import { collectOwnNode, type OwnNode, type OwnNodePlace, ownNodeIdentity } from './own-node.ts'

export interface HouseImagePorts extends HouseProgramPaths {
  readonly context: HouseContext
  /** The daemon's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Brings an image from its registry, or throws why not. */
  readonly pull: (ref: string, signal: AbortSignal) => Promise<void>
}

/** Names another image with Node, `ip` and `sleep`. */
const BASE_VARIABLE = 'MINIPAAS_EDGE_BASE'
const DEFAULT_BASE = 'node:22-alpine'
const REPOSITORY = 'minipaas/house'
const HOUSE_LABEL = 'io.minipaas.house'
/** Goes up when images of the same parts are made in another way. */
const RECIPE = 2
const TAG_DIGITS = 12
/** Not in the PATH of every user. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/bin', '/bin']

/** The engine's names of the machines that Node knows. Source: Go, GOARCH. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
}

/** The image of edges, sandboxes and readers: made on this engine when it is first needed, from the programs and an image with Node. */
export class HouseImage {
  readonly #ports: HouseImagePorts
  readonly #programs: HouseProgramReader
  readonly #runs = new SharedRuns<string>()

  constructor(ports: HouseImagePorts) {
    this.#ports = ports
    this.#programs = new HouseProgramReader(ports)
  }

  /**
   * The reference of the image, which is on the engine when this resolves. Concurrent callers share one making. Where the base is
   * neither there nor to be had, it is made from this machine's own Node; where that cannot be either, the fault MP4230 says why.
   */
  reference(signal: AbortSignal): Promise<string> {
    return this.#runs.run('house', signal, async (shared) => {
      try {
        return await this.#find(shared)
      } catch (error) {
        if (shared.aborted) throw shared.reason
        throw toFault(error, 'make the image of edges and sandboxes')
      }
    })
  }

  /** How the image would be had, in words; nothing is pulled or made. */
  async outlook(): Promise<{ readonly possible: boolean; readonly how: string }> {
    const programs = await this.#programs.read()
    const base = this.#ports.environment[BASE_VARIABLE] || DEFAULT_BASE
    if (await this.#has(this.#order(programs, { base }).ref)) return { possible: true, how: `is there, made from ${base}` }
    if (await this.#has(base)) return { possible: true, how: `is made from ${base} when it is needed` }
    const own = await ownNodeIdentity(this.#own().nodePath)
    if (await this.#has(this.#order(programs, { own }).ref)) return { possible: true, how: "is there, made from this machine's Node" }
    const instead = await this.#collect()
    const otherwise =
      typeof instead === 'string' ? `this machine's Node cannot take its place: ${instead}` : "or it is made from this machine's Node"
    return { possible: true, how: `${base} is pulled when it is needed; ${otherwise}` }
  }

  /** Removes every image of this kind that this home made and no container uses. */
  async remove(signal: AbortSignal): Promise<void> {
    await this.#removeImages(() => true, signal)
  }

  async #find(signal: AbortSignal): Promise<string> {
    const programs = await this.#programs.read()
    const base = this.#ports.environment[BASE_VARIABLE] || DEFAULT_BASE
    const fromBase = this.#order(programs, { base })
    if (await this.#has(fromBase.ref)) return fromBase.ref
    if (await this.#has(base)) return this.#build({ ...fromBase, base }, signal)
    const { nodePath } = this.#own()
    const fromOwn = this.#order(programs, { own: await ownNodeIdentity(nodePath) })
    if (await this.#has(fromOwn.ref)) return fromOwn.ref
    const whyNotBase = await this.#pull(base, signal)
    if (whyNotBase === undefined) return this.#build({ ...fromBase, base }, signal)
    const own = await this.#collect()
    if (typeof own !== 'string') {
      const whyNotOwn = await this.#import({ ...fromOwn, own }, signal)
      if (whyNotOwn === undefined) return fromOwn.ref
      throw edgeFaults.noHouseImage(base, { base: whyNotBase, ownNode: whyNotOwn })
    }
    throw edgeFaults.noHouseImage(base, { base: whyNotBase, ownNode: own })
  }

  #own(): OwnNodePlace {
    const folders = (this.#ports.environment.PATH ?? '').split(delimiter).filter((folder) => folder.startsWith('/'))
    return { nodePath: process.execPath, folders: [...folders, ...SYSTEM_FOLDERS] }
  }

  #order(programs: HousePrograms, from: unknown): HouseOrder {
    const tag = hashValue({ content: programs.digest, from, recipe: RECIPE }, TAG_DIGITS)
    return { ref: `${REPOSITORY}:${tag}`, programs, labels: { [HOUSE_LABEL]: tag, [LABELS.home]: this.#ports.context.place.home } }
  }

  async #has(ref: string): Promise<boolean> {
    try {
      await this.#ports.context.docker.getImage(ref).inspect()
      return true
    } catch (error) {
      if (hasStatus(error, 404)) return false
      throw error
    }
  }

  /** Why the base cannot be had. */
  async #pull(base: string, signal: AbortSignal): Promise<string | undefined> {
    const { context, pull } = this.#ports
    context.logger.log('info', `pulling ${base} for edges and sandboxes; this is done once`)
    try {
      await pull(base, signal)
      return undefined
    } catch (error) {
      signal.throwIfAborted()
      return messageOf(error)
    }
  }

  async #build(order: HouseOrder & { readonly base: string }, signal: AbortSignal): Promise<string> {
    const { context } = this.#ports
    await buildHouse(context, order, signal)
    if (order.base !== DEFAULT_BASE) {
      const wrong = await tryHouse(context, order.ref, signal)
      if (wrong !== undefined) {
        await this.#removeImages((ref) => ref === order.ref, signal)
        throw edgeFaults.unfitBase(order.base, wrong)
      }
    }
    await this.#removeImages((ref) => ref !== order.ref, signal)
    return order.ref
  }

  /** Why this machine's Node cannot be had. */
  async #collect(): Promise<OwnNode | string> {
    const { docker, endpoint } = this.#ports.context
    if (process.platform !== 'linux') return 'it is not made for Linux'
    if (!endpoint.local) return 'the engine is on another machine'
    const { Os: os, Arch: architecture } = await docker.version()
    const wanted = ARCHITECTURES[process.arch] ?? process.arch
    if (os !== 'linux' || architecture !== wanted) return `it is made for ${wanted}, the engine runs programs for ${os} on ${architecture}`
    try {
      return await collectOwnNode(this.#own())
    } catch (error) {
      return messageOf(error)
    }
  }

  /** Why the image is of no use. */
  async #import(order: HouseOrder & { readonly own: OwnNode }, signal: AbortSignal): Promise<string | undefined> {
    const { context } = this.#ports
    context.logger.log('info', "making the image of edges and sandboxes from this machine's own Node", { image: order.ref })
    const id = await importHouse(context, order, signal)
    if (!(await this.#has(order.ref)))
      await context.docker.getImage(id).tag({ repo: REPOSITORY, tag: order.ref.slice(REPOSITORY.length + 1) })
    const wrong = await tryHouse(context, order.ref, signal)
    await this.#removeImages((ref) => (ref === order.ref) === (wrong !== undefined), signal)
    return wrong
  }

  /** An image that a container uses stays. */
  async #removeImages(which: (ref: string) => boolean, signal: AbortSignal): Promise<void> {
    const { docker, place, logger } = this.#ports.context
    const filters = JSON.stringify({ label: [HOUSE_LABEL, `${LABELS.home}=${place.home}`] })
    for (const { RepoTags } of await docker.listImages({ filters, abortSignal: signal })) {
      for (const ref of RepoTags ?? []) {
        // Engines differ in what they write before the name.
        const start = ref.indexOf(`${REPOSITORY}:`)
        if (start < 0 || !which(ref.slice(start))) continue
        try {
          await docker.getImage(ref).remove({ abortSignal: signal })
        } catch (error) {
          if (hasStatus(error, 404, 409)) continue
          logger.log('warn', 'an image of an earlier edge cannot be removed', { image: ref, reason: engineWords(error) })
        }
      }
    }
  }
}
