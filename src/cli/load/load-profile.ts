import { resolve } from 'node:path'
import type { LoadPiece, LoadStream } from '../../wire/load.ts'
import type { Globals } from '../invocation.ts'
import type { Io } from '../io.ts'
import { refuse } from '../refusal-error.ts'
import { renderDiagnostic } from '../render/diagnostics.ts'
import { sourceFiles } from '../source-files.ts'

export interface ProfileWish {
  readonly file: string
  /** The component that is loaded; for a URL nothing, which is what `*` is for. */
  readonly component: string | undefined
  /** Names of all components. */
  readonly components: readonly string[]
  /** How much of it; all of a recording when absent. */
  readonly seconds: number | undefined
}

const DEFAULT_SECONDS = 30

/** The requests to one component in a load file of `simulate`, or in a recording, which is played as fast as it was on this machine. */
export async function readLoadProfile(
  wish: ProfileWish,
  { globals, io }: { readonly globals: Globals; readonly io: Io },
): Promise<readonly LoadStream[]> {
  const { cronTimes, readLoadFile } = await import('../../simulate/index.ts')
  const { file, component, components } = wish
  const request = { path: resolve(io.cwd, file), directory: globals.directory, components, cron: cronTimes }
  const { plan, recorded, shown } = await readLoadFile(request, sourceFiles)
  io.stderr.write(shown.map((diagnostic) => renderDiagnostic(diagnostic, globals.err)).join(''))
  if (plan === undefined)
    throw refuse('MP8101', 'model', { message: `--profile: ${file} cannot be used`, next: 'correct what is said above' })
  const load = (component === undefined ? undefined : plan.components.get(component)) ?? plan.components.get('*')
  if (load === undefined || load.load.length === 0) {
    const message = `--profile: ${file} has no requests for ${component ?? 'a URL'}`
    throw refuse('MP8101', 'usage', { message, next: 'give it a "load" there, or under "*"' })
  }
  const speed = recorded === undefined || recorded.header.speed === 0 ? 1 : recorded.header.speed
  const seconds = wish.seconds ?? (recorded === undefined ? DEFAULT_SECONDS : recorded.endMs / 1000 / speed)
  const span = { startMs: plan.startMs ?? io.clock.now(), seconds: seconds * speed }
  return load.load.flatMap(({ arrivals, pieces }) => {
    const cut = pieces(span).flatMap((piece) => cutPiece(faster(piece, speed), seconds))
    return cut.length === 0 ? [] : [{ arrivals: arrivals === 'even' ? 'constant' : 'poisson', pieces: cut }]
  })
}

function faster({ startSeconds, endSeconds, from, to }: LoadPiece, speed: number): LoadPiece {
  return { startSeconds: startSeconds / speed, endSeconds: endSeconds / speed, from: from * speed, to: to * speed }
}

/** What of a piece is between the start and the end. */
function cutPiece({ startSeconds, endSeconds, from, to }: LoadPiece, seconds: number): readonly LoadPiece[] {
  const [start, end] = [Math.max(0, startSeconds), Math.min(endSeconds, seconds)]
  if (end <= start) return []
  const at = (time: number): number => from + ((to - from) * (time - startSeconds)) / (endSeconds - startSeconds)
  return [{ startSeconds: start, endSeconds: end, from: at(start), to: at(end) }]
}
