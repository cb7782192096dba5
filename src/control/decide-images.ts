import type { Component } from '../model/component.ts'
import type { DesiredImage, ImageRenewal } from '../model/desired.ts'
import { fullImageName } from '../model/image-name.ts'
import type { Container } from '../model/pod.ts'
import { imagesOf } from '../plan/desired.ts'
import { renewalKey } from '../plan/reconcile/images.ts'
import { ANY, type ImageBook, type RunningImage } from './image-book.ts'
import type { ApplicationState, ControlState } from './state.ts'

export interface ImageDecision {
  readonly book: ImageBook
  readonly renewals: ReadonlyMap<string, ImageRenewal>
}

/** Which images are made anew, and which ids replicas should run, from what the applications ask for and what is here. */
export function decideImages(state: ControlState, apps: readonly ApplicationState[]): ImageDecision {
  if (!state.engine.images) return { book: state.images, renewals: new Map() }
  const images = imagesOf(apps.flatMap((app) => [...app.applied.values()].map((item) => item.component)))
  const users = usersByImage(apps)
  const ids = new Map((state.observed?.images ?? []).map(({ name, id }) => [name, id]))
  const renewals = new Map<string, ImageRenewal>()
  const runs = new Map<string, RunningImage>()
  for (const image of images) {
    const those = users.get(image.name) ?? []
    const renewal = renewalOf(image, those, state)
    if (renewal !== undefined) renewals.set(image.name, renewal)
    const up = Math.max(0, ...those.map(({ app }) => app.images.up))
    const run = runOf(image, { id: ids.get(image.name), renewal, up }, state)
    if (run !== undefined) runs.set(image.name, run)
  }
  return { book: sameRuns(state.images.runs, runs) ? state.images : { ...state.images, runs }, renewals }
}

interface User {
  readonly app: ApplicationState
  readonly container: Container
}

function usersByImage(apps: readonly ApplicationState[]): ReadonlyMap<string, readonly User[]> {
  const users = new Map<string, User[]>()
  for (const app of apps) {
    for (const { component } of app.applied.values()) {
      for (const container of containersOf(component)) {
        const name = fullImageName(container.image.ref)
        const known = users.get(name)
        if (known === undefined) users.set(name, [{ app, container }])
        else known.push({ app, container })
      }
    }
  }
  return users
}

/** Pulled once for each `up`, never for a restart; built when the `up` says so. */
function renewalOf({ name, image }: DesiredImage, users: readonly User[], state: ControlState): ImageRenewal | undefined {
  const asking = users.filter(({ app, container }) =>
    image.from === 'build' ? app.images.build : (app.images.pull ?? container.pull) === 'always',
  )
  const up = Math.max(0, ...asking.map(({ app }) => app.images.up))
  if (up <= (state.images.renewed.get(name) ?? 0)) return undefined
  const cause = image.from === 'build' ? 'build asked for' : 'pull policy "always"'
  return { up, cause, first: !state.images.runs.has(name) }
}

interface Found {
  readonly id: string | undefined
  readonly renewal: ImageRenewal | undefined
  readonly up: number
}

function runOf({ name, image }: DesiredImage, { id, renewal, up }: Found, state: ControlState): RunningImage | undefined {
  const known = state.images.runs.get(name)
  // Whatever comes in place of an image that is gone is what there is to run.
  if (id === undefined) return known === undefined || known.up === ANY ? known : { ...known, up: ANY }
  // What a failed pull leaves is what is here.
  const pending = renewal !== undefined && !(image.from === 'registry' && state.work.failures.has(renewalKey(image, renewal.up)))
  if (known === undefined) return pending ? undefined : { first: id, current: id, up }
  return !pending && up > known.up ? { ...known, current: id, up } : known
}

function sameRuns(left: ImageBook['runs'], right: ImageBook['runs']): boolean {
  return (
    left.size === right.size &&
    [...right].every(([name, run]) => {
      const other = left.get(name)
      return other?.first === run.first && other.current === run.current && other.up === run.up
    })
  )
}

/** What the images of a component lead to, by full names; undefined while none is known. */
export function idsOf(component: Component, runs: ImageBook['runs']): Readonly<Record<string, string>> | undefined {
  const ids: Record<string, string> = {}
  for (const { image } of containersOf(component)) {
    const name = fullImageName(image.ref)
    const run = runs.get(name)
    if (run !== undefined) ids[name] = run.current
  }
  return Object.keys(ids).length === 0 ? undefined : ids
}

/** The component with the ids of images that have changed since they were first used; the same value where none has. */
export function withImageIds(component: Component, runs: ImageBook['runs']): Component {
  const changed = new Map<string, string>()
  for (const { image } of containersOf(component)) {
    const run = runs.get(fullImageName(image.ref))
    if (run !== undefined && run.current !== run.first) changed.set(image.ref, run.current)
  }
  if (changed.size === 0) return component
  const text = JSON.stringify([...changed])
  const made = pinned.get(component)
  if (made?.text === text) return made.component
  const pin = (container: Container): Container => {
    const id = changed.get(container.image.ref)
    return id === undefined ? container : { ...container, image: { ...container.image, id } }
  }
  const { pod } = component
  const result = { ...component, pod: { ...pod, initContainers: pod.initContainers.map(pin), containers: pod.containers.map(pin) } }
  pinned.set(component, { text, component: result })
  return result
}

/** The last form of each component: its revision is worked out once, not in every pass. */
const pinned = new WeakMap<Component, { readonly text: string; readonly component: Component }>()

function containersOf({ pod }: Component): readonly Container[] {
  return [...pod.initContainers, ...pod.containers]
}
