import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type Docker from 'dockerode'
import type { DockerContext } from '../../../runtime/engines/docker/context.ts'
import { createImages, type DockerImages } from '../../../runtime/engines/docker/images/images.ts'
import { placeOf } from '../../../runtime/engines/docker/place.ts'
import { systemClock } from '../../../runtime/time/system-clock.ts'
import { type Fault, faultOf } from '../../../src/kernel/fault.ts'
import type { Logger } from '../../../src/kernel/logger.ts'
import type { BuildOrder } from '../../../src/model/engine.ts'
import { testDocker } from './engine.ts'

const NOBODY = new AbortController().signal

/** The image facet on the engine of the tests, with build directories and a Docker configuration of its own; what it built goes with it. */
export class ImageWorld implements AsyncDisposable {
  readonly docker: Docker = testDocker()
  readonly folder = mkdtempSync(join(tmpdir(), 'minipaas-images-'))
  readonly logged: string[] = []
  readonly images: DockerImages
  readonly #names = new Set<string>()

  constructor() {
    const logger: Logger = {
      log: (_level, message, fields) => void this.logged.push(`${message} ${JSON.stringify(fields ?? {})}`),
      with: () => logger,
    }
    const parts = { docker: this.docker, clock: systemClock, logger, place: placeOf(this.folder, '/usual') }
    // Images need no more of the engine than this.
    const context = parts as unknown as DockerContext
    this.images = createImages(context, { env: { PATH: `${this.folder}/bin:${process.env.PATH ?? ''}` }, homeDirectory: this.folder })
  }

  /** A reference that this world may use: removed with it. */
  name(ref: string): string {
    this.#names.add(ref)
    return ref
  }

  write(path: string, content: string, mode = 0o644): void {
    const file = join(this.folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode })
  }

  /** The user's `~/.docker/config.json`. */
  configure(config: unknown): void {
    this.write('.docker/config.json', JSON.stringify(config))
  }

  /** Builds a directory of this world; answers what people would have seen. */
  async build(ref: string, change: Partial<BuildOrder['image']> & Omit<Partial<BuildOrder>, 'image'> = {}): Promise<readonly string[]> {
    const { noCache, freshBases, ...image } = change
    const lines: string[] = []
    const order: BuildOrder = {
      image: { from: 'build', context: join(this.folder, 'context'), args: {}, ...image, ref: this.name(ref) },
      ...(noCache === undefined ? {} : { noCache }),
      ...(freshBases === undefined ? {} : { freshBases }),
    }
    await this.images.build(order, (line) => lines.push(line), NOBODY)
    return lines
  }

  async pull(ref: string): Promise<readonly (readonly [number, number])[]> {
    const figures: (readonly [number, number])[] = []
    await this.images.pull(this.name(ref), (done, total) => figures.push([done, total]), NOBODY)
    return figures
  }

  /** Output of a command in a container of the image. */
  async run(image: string, ...command: readonly string[]): Promise<string> {
    const container = await this.docker.createContainer({
      Image: image,
      Entrypoint: '',
      Cmd: [...command],
      HostConfig: { NetworkMode: 'none' },
    })
    try {
      await container.start()
      await container.wait()
      const log = (await container.logs({ stdout: true, stderr: true })) as unknown as Buffer
      return withoutFrames(log)
    } finally {
      await container.remove({ force: true })
    }
  }

  /** The id of an image; undefined when there is none. */
  async idOf(ref: string): Promise<string | undefined> {
    return await this.docker
      .getImage(ref)
      .inspect()
      .then(
        ({ Id }) => Id,
        () => undefined,
      )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) {
      await this.images.remove(name, NOBODY)
      await this.docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined)
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The fault that some work fails with. */
export async function faultIn(work: Promise<unknown>): Promise<Fault> {
  try {
    await work
  } catch (error) {
    return faultOf(error)
  }
  throw new Error('it went well')
}

/** Source: Docker Engine API, stream format of attach: 8 bytes before each piece. */
function withoutFrames(log: Buffer): string {
  let text = ''
  for (let at = 0; at + 8 <= log.length; at += 8 + log.readUInt32BE(at + 4))
    text += log.toString('utf8', at + 8, at + 8 + log.readUInt32BE(at + 4))
  return text
}
