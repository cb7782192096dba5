import type { Millis } from '../../../../src/kernel/instant.ts'
import { parseImageName } from '../../../../src/model/image-name.ts'
import type { DockerContext } from '../context.ts'
import { toFault } from '../faults.ts'
import type { Credentials } from './credentials.ts'
import { LayerProgress } from './layer-progress.ts'
import { answeredError, errorOf, readMessages } from './message-stream.ts'
import { invalidName, registryFault } from './registry-faults.ts'

/** People read no more than this many figures in a row. */
const REPORT_EVERY: Millis = 200

export interface Pull {
  readonly ref: string
  /** Bytes, over the layers whose size is known. */
  readonly progress: (done: number, total: number) => void
}

/** Brings an image with the user's credentials. Throws a fault that says what the registry has against it; aborting ends the pull. */
export async function pullImage(context: DockerContext, credentials: Credentials, pull: Pull, signal: AbortSignal): Promise<void> {
  const { ref } = pull
  const name = parseImageName(ref)
  if (name === undefined) throw invalidName(ref)
  const { auth, problem } = await credentials.of(name.registry, signal)
  if (problem !== undefined) context.logger.log('warn', 'credentials of a registry cannot be had', { registry: name.registry, problem })
  const query = { fromImage: `${name.registry}/${name.repository}`, tag: name.digest ?? name.tag }
  const refused = (said: string): Error =>
    registryFault({ ref, said, withCredentials: auth !== undefined, ...(problem === undefined ? {} : { problem }) }) ??
    toFault(new Error(said), `pull image ${ref}`)
  try {
    const answer = await context.docker.createImage(auth, { _query: query, _body: {}, abortSignal: signal })
    await follow(answer, { context, pull, refused }, signal)
  } catch (error) {
    signal.throwIfAborted()
    const said = answeredError(error)
    throw said === undefined ? toFault(error, `pull image ${ref}`) : refused(said)
  }
}

async function follow(
  answer: AsyncIterable<unknown>,
  { context, pull, refused }: { readonly context: DockerContext; readonly pull: Pull; readonly refused: (said: string) => Error },
  signal: AbortSignal,
): Promise<void> {
  const { clock } = context
  const sums = new LayerProgress()
  let last = 0
  for await (const message of readMessages(answer, signal)) {
    const said = errorOf(message)
    if (said !== undefined) throw refused(said)
    if (!sums.record(message) || clock.now() - last < REPORT_EVERY) continue
    last = clock.now()
    pull.progress(sums.done, sums.total)
  }
  if (sums.total > 0) pull.progress(sums.done, sums.total)
}
