import type { BuildOrder } from '../../../../src/model/engine.ts'
import { parseImageName } from '../../../../src/model/image-name.ts'
import type { DockerContext } from '../context.ts'
import { toFault } from '../faults.ts'
import { baseRegistries } from './build-bases.ts'
import { buildFault } from './build-faults.ts'
import { readBuildFiles } from './build-files.ts'
import type { BuildEnd } from './build-output.ts'
import { sendBuild } from './build-request.ts'
import type { Credentials } from './credentials.ts'
import { answeredError } from './message-stream.ts'
import { invalidName } from './registry-faults.ts'

export interface Build {
  readonly order: BuildOrder
  readonly log: (line: string) => void
}

/** Builds an image with the engine's own builder. Throws a fault that shows the failing step; aborting ends the build. */
export async function buildImage(
  context: DockerContext,
  credentials: Credentials,
  { order, log }: Build,
  signal: AbortSignal,
): Promise<void> {
  const { ref, args } = order.image
  const doing = `build image ${ref}`
  if (parseImageName(ref) === undefined) throw invalidName(ref)
  const files = await readBuildFiles(order.image)
  const { auths, problems } = await credentials.ofAll(baseRegistries(files.recipe, args), signal)
  for (const problem of problems) context.logger.log('warn', 'credentials for the base of an image cannot be had', { image: ref, problem })
  const end = await sendBuild(context, { order, files, auths, log }, signal).catch((error: unknown): BuildEnd => {
    signal.throwIfAborted()
    const said = answeredError(error)
    if (said === undefined) throw toFault(error, doing)
    return { said }
  })
  if (end === undefined) return
  const [problem] = problems
  const withCredentials = Object.keys(auths).length > 0
  throw buildFault({ ...end, ref, args, recipe: files.recipe, withCredentials, ...(problem === undefined ? {} : { problem }) })
}
