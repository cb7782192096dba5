import type { PullChoice } from '../model/desired.ts'
import { fullImageName } from '../model/image-name.ts'
import type { Step } from '../model/step.ts'
import { readRenewal } from '../plan/reconcile/step-keys.ts'

/** What is known of the images of an environment, by full names; observations tell only what is here now. */
export interface ImageBook {
  /** Number of the last `up`. */
  readonly ups: number
  /** For which `up` an image was last made anew. */
  readonly renewed: ReadonlyMap<string, number>
  readonly runs: ReadonlyMap<string, RunningImage>
  /** References that were built here, for `down --rmi local`. */
  readonly built: ReadonlySet<string>
  /** Built beside the plan (`minipaas build`), by the pass in which that was told: not seen yet. */
  readonly unseen: ReadonlyMap<string, number>
}

/**
 * What replicas run under a name. It changes with an `up`, and when this environment makes the image; what others do on the engine
 * meanwhile, another environment of the same project among them, changes nothing that runs.
 */
export interface RunningImage {
  /** Id when the name was first used: no part of a revision, so that a plan made before the image is here names the same one. */
  readonly first: string
  /** Id that replicas should run; another one than the first makes another revision. */
  readonly current: string
  /** The `up` at which this was last compared with what is here; `ANY` compares as soon as the image is seen. */
  readonly up: number
}

/** Less than the number of any `up`. */
export const ANY = -1

/** What an `up` said about images. */
export interface ImageChoice {
  readonly build: boolean
  readonly pull?: PullChoice
}

export const EMPTY_BOOK: ImageBook = { ups: 0, renewed: new Map(), runs: new Map(), built: new Set(), unseen: new Map() }

/** Images were built beside the plan; their ids are seen by an observation that begins later. */
export function noteBuilt(book: ImageBook, refs: readonly string[], pass: number): ImageBook {
  return { ...book, unseen: new Map([...book.unseen, ...refs.map((ref) => [ref, pass] as const)]) }
}

/** What an observation that began in a pass has seen the result of: steps that were done before, and what was built beside them. */
export function noteSeen(book: ImageBook, done: readonly Step[], began: number): ImageBook {
  const made = done.filter(({ action }) => action.do === 'pullImage' || action.do === 'buildImage')
  const beside = [...book.unseen].filter(([, pass]) => pass <= began).map(([ref]) => ref)
  if (made.length === 0 && beside.length === 0) return book
  const renewed = new Map(book.renewed)
  const runs = new Map(book.runs)
  const built = new Set([...book.built, ...beside])
  const follow = (name: string): void => {
    const run = runs.get(name)
    if (run !== undefined) runs.set(name, { ...run, up: ANY })
  }
  for (const { key, action } of made) {
    if (action.do !== 'pullImage' && action.do !== 'buildImage') continue
    const name = fullImageName(action.ref)
    const renewal = readRenewal(key)
    if (renewal !== undefined) renewed.set(name, Math.max(renewal.up, renewed.get(name) ?? 0))
    if (action.do === 'buildImage') built.add(action.ref)
    follow(name)
  }
  for (const ref of beside) follow(fullImageName(ref))
  return { ...book, renewed, runs, built, unseen: new Map([...book.unseen].filter(([ref]) => !beside.includes(ref))) }
}
