import type { Code } from '../kernel/diagnostic.ts'
import { EXIT_CODES, type ImageRecord } from '../wire/answers.ts'
import type { ImagesRequest } from '../wire/requests.ts'
import type { Client } from './client/client.ts'
import type { Invocation } from './invocation.ts'
import type { Io } from './io.ts'
import { ProgressBoard } from './progress/board.ts'
import { createProgress, silentProgress } from './progress/progress.ts'
import { type ExitName, RefusalError } from './refusal-error.ts'
import type { Paint } from './render/paint.ts'
import { readApplyRequest } from './up/apply-request.ts'
import { Interrupts } from './up/interrupts.ts'

export type ImageWish = Pick<ImagesRequest, 'do' | 'noCache' | 'freshBases'>

/** `pull` and `build`: follows each image to its end, and says at last what failed and what to do about it. */
export async function makeImages(invocation: Invocation, io: Io, client: Client, wish: ImageWish): Promise<number> {
  const { globals } = invocation
  const { files, directory, envFiles, environment, components, engine, strict } = await readApplyRequest(invocation, io)
  const request: ImagesRequest = { ...wish, files, directory, envFiles, environment, components, engine, strict }
  const board = new ProgressBoard(wish.do)
  const isJson = globals.format === 'json'
  const progress = isJson ? silentProgress(io) : createProgress({ io, board, paint: globals.err, live: globals.live })
  const failed: ImageRecord[] = []
  const stop = new AbortController()
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen(() => stop.abort())
  try {
    for await (const record of client.images(request, stop.signal)) {
      if (isJson) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, type: 'image', ...record })}\n`)
      if (record.state === 'failed') failed.push(record)
      progress.changed(board.follow(record, io.clock.now()))
    }
  } catch (error) {
    throw error instanceof RefusalError ? new RefusalError(error.refusal, EXIT_OF[error.refusal.code] ?? error.exit) : error
  } finally {
    progress.close()
  }
  const exitCode = stop.signal.aborted ? EXIT_CODES.interrupted : failed.length > 0 ? EXIT_CODES.failed : EXIT_CODES.ok
  if (isJson) io.stdout.write(`${JSON.stringify({ schemaVersion: 1, type: 'result', exitCode })}\n`)
  else for (const record of failed) io.stderr.write(renderFailure(record, globals.err))
  return exitCode
}

/** A stream has no status of its own: the codes of what a request may be refused for. */
const EXIT_OF: Partial<Readonly<Record<Code, ExitName>>> = {
  MP4005: 'engine',
  MP4006: 'engine',
  MP4007: 'engine',
  MP8004: 'usage',
  MP8006: 'model',
  MP8007: 'model',
}

function renderFailure({ ref, text, failure }: ImageRecord, paint: Paint): string {
  const [first = '', ...output] = text.trimEnd().split('\n')
  const next = failure?.next === undefined ? '' : `  ${paint.dim('next:')} ${failure.next}\n`
  const code = failure === undefined ? '' : ` ${paint.dim(failure.code)}`
  return `${paint.red('failed')} ${ref}:${code} ${first}\n${output.map((line) => `  | ${line}\n`).join('')}${next}`
}
