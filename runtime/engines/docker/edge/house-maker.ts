import type Docker from 'dockerode'
import { removeContainer } from '../containers.ts'
import type { DockerContext } from '../context.ts'
import { engineWords, hasStatus } from '../faults.ts'
import { errorOf, readMessages } from '../images/message-stream.ts'
import { LABELS } from '../labels.ts'
import { archiveBuild, archiveOwnNode, formatLabels } from './house-archives.ts'
import type { HousePrograms } from './house-programs.ts'
import { Demultiplexer } from './multiplexed.ts'
import type { OwnNode } from './own-node.ts'

export type HouseContext = Pick<DockerContext, 'docker' | 'clock' | 'logger' | 'place' | 'endpoint'>

export interface HouseOrder {
  /** `repository:tag`. */
  readonly ref: string
  readonly programs: HousePrograms
  readonly labels: Readonly<Record<string, string>>
}

/** What edges and sandboxes call, tried once. */
const TRIAL = "for (const [name, arg] of [['ip', 'link'], ['sleep', '0']]) require('node:child_process').execFileSync(name, [arg])"
const KEPT_OUTPUT = 2000

/** Puts the programs on top of an image with Node. */
export async function buildHouse(context: HouseContext, order: HouseOrder & { readonly base: string }, signal: AbortSignal): Promise<void> {
  const { ref, base, programs, labels } = order
  const archive = archiveBuild(base, programs, labels)
  const answer = await context.docker.buildImage(archive, { t: ref, abortSignal: signal })
  await follow(answer, signal)
}

/** Makes an image from this machine's Node. Resolves to its id: engines differ in what they write before the name. */
export async function importHouse(
  context: HouseContext,
  order: HouseOrder & { readonly own: OwnNode },
  signal: AbortSignal,
): Promise<string> {
  const { ref, own, programs, labels } = order
  const [repo, tag] = ref.split(':')
  const _query = { fromSrc: '-', repo, tag, changes: `LABEL ${formatLabels(labels)}` }
  const answer = await context.docker.importImage(archiveOwnNode(own, programs), { _query, abortSignal: signal })
  return follow(answer, signal)
}

/** What is wrong with an image that was made of something that we do not know; undefined when edges and sandboxes can be made of it. */
export async function tryHouse(context: HouseContext, ref: string, signal: AbortSignal): Promise<string | undefined> {
  const { docker, place } = context
  const body: Docker.ContainerCreateOptions = {
    Image: ref,
    Entrypoint: ['node'],
    Cmd: ['-e', TRIAL],
    User: '0',
    Labels: { [LABELS.home]: place.home, [LABELS.role]: 'one-off' },
    HostConfig: { NetworkMode: 'none', LogConfig: { Type: 'none', Config: {} } },
  }
  const container = await docker.createContainer({ _query: {}, _body: body, abortSignal: signal } as Docker.ContainerCreateOptions)
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal })
    await container.start({ abortSignal: signal })
    let output = ''
    const parts = new Demultiplexer()
    for await (const chunk of stream) {
      for (const { data } of parts.push(chunk as Buffer)) output = (output + data.toString('utf8')).slice(-KEPT_OUTPUT)
    }
    const { StatusCode } = (await container.wait({ abortSignal: signal })) as { readonly StatusCode: number }
    return StatusCode === 0 ? undefined : `a trial ended with code ${StatusCode}: ${output.trim()}`
  } catch (error) {
    // No program of that name, or none for this machine.
    if (hasStatus(error, 400, 404, 500)) return engineWords(error)
    throw error
  } finally {
    await removeContainer(context as DockerContext, container.id, new AbortController().signal)
  }
}

/** The last thing that was said. Throws when that is an error. */
async function follow(answer: NodeJS.ReadableStream, signal: AbortSignal): Promise<string> {
  let last = ''
  for await (const message of readMessages(answer as AsyncIterable<unknown>, signal)) {
    const said = errorOf(message)
    if (said !== undefined) throw new Error(said)
    last = message.status ?? message.stream ?? last
  }
  return last.trim()
}
