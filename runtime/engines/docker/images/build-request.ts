import type Docker from 'dockerode'
import { FaultError } from '../../../../src/kernel/fault.ts'
import type { BuildOrder } from '../../../../src/model/engine.ts'
import type { DockerContext } from '../context.ts'
import type { Labels } from '../labels.ts'
import type { BuildFiles } from './build-files.ts'
import { type BuildEnd, followBuild } from './build-output.ts'
import { builtLabels } from './built-images.ts'
import { archiveContext } from './context-archive.ts'
import type { RegistryAuth } from './credentials.ts'

export interface BuildRequest {
  readonly order: BuildOrder
  readonly files: BuildFiles
  readonly auths: Readonly<Record<string, RegistryAuth>>
  readonly log: (line: string) => void
}

/** Sends the context while it is read and follows the build; undefined when it succeeded. */
export async function sendBuild(context: DockerContext, request: BuildRequest, signal: AbortSignal): Promise<BuildEnd | undefined> {
  const { order, files, auths, log } = request
  const broken = new AbortController()
  const archive = archiveContext(files, order.image.ref)
  // Nobody else listens before the request has begun; and a request whose archive breaks would wait for the rest for ever.
  archive.on('error', (error) => broken.abort(error))
  const either = AbortSignal.any([signal, broken.signal])
  const labels = builtLabels(context.place, order.image.ref)
  try {
    const options = {
      _query: queryOf(order, files, labels),
      abortSignal: either,
      ...(Object.keys(auths).length === 0 ? {} : { registryconfig: { base64: encode(auths) } }),
    }
    const answer = await context.docker.buildImage(archive, options as unknown as Docker.ImageBuildOptions)
    return await followBuild(answer, { clock: context.clock, log, labels: Object.keys(labels).length }, either)
  } catch (error) {
    if (broken.signal.reason instanceof FaultError) throw broken.signal.reason
    throw error
  } finally {
    archive.destroy()
  }
}

/** Source: Docker Engine API, build an image. Version 1 is the builder that every engine has and that needs no session. */
function queryOf({ image, noCache, freshBases }: BuildOrder, files: BuildFiles, labels: Labels): Readonly<Record<string, string>> {
  return {
    version: '1',
    t: image.ref,
    dockerfile: files.dockerfile,
    rm: '1',
    forcerm: '1',
    labels: JSON.stringify(labels),
    ...(Object.keys(image.args).length === 0 ? {} : { buildargs: JSON.stringify(image.args) }),
    ...(image.target === undefined ? {} : { target: image.target }),
    ...(noCache === true ? { nocache: '1' } : {}),
    ...(freshBases === true ? { pull: '1' } : {}),
  }
}

/** The engine reads base64 with its alphabet for addresses and with padding; the SDK writes the other alphabet, Node no padding. */
function encode(auths: Readonly<Record<string, RegistryAuth>>): string {
  return Buffer.from(JSON.stringify(auths)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
