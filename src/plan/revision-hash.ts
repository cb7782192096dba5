import { canonicalJson } from '../kernel/canonical-json.ts'
import { hashText } from '../kernel/hash.ts'
import type { Component } from '../model/component.ts'

/** A path of the resolved component (`*` is any key or index, `**` any depth) whose change keeps the revision. */
export interface UnhashedPath {
  readonly path: readonly string[]
  readonly why: string
}

/** Everything of a component that must not cause a new revision; whatever is not listed does. */
export const UNHASHED_PATHS: readonly UnhashedPath[] = [
  { path: ['scale'], why: 'the number of replicas is not what a replica is' },
  { path: ['gate'], why: "how many requests wait, and how long, is the edge's business" },
  { path: ['needs'], why: 'needs hold only the first start' },
  { path: ['develop'], why: 'reload rules act on running replicas' },
  { path: ['update'], why: 'how a change is rolled out is not a change (Kubernetes: outside the pod template)' },
  { path: ['services'], why: 'names lead to replicas, they are not part of one' },
  { path: ['routes'], why: 'routes lead to replicas, they are not part of one' },
  { path: ['published'], why: 'a port of the machine is held by the edge' },
  { path: ['labels'], why: 'labels of the component are for display; the environment of a container is in the pod' },
  { path: ['annotations'], why: 'annotations of the component are for display' },
  { path: ['creates'], why: 'a changed config map or secret does not restart its readers (Kubernetes)' },
  { path: ['traits'], why: 'what a trait did is in the resolved component' },
  { path: ['notes'], why: 'notes are for people' },
  { path: ['type'], why: 'the type name as written is for display; what it built is in the pod' },
  { path: ['**', 'origin'], why: 'a line that moved is the same line' },
]

const topLevel = new Set(UNHASHED_PATHS.filter(({ path }) => path.length === 1).map(({ path }) => path[0]))

/** The part of a component that makes its revision, in canonical form: two components with equal content are the same revision. */
function contentOf(component: Component): string {
  const members = Object.entries(component).filter(([key]) => !topLevel.has(key))
  return canonicalJson(Object.fromEntries(members), isPosition)
}

const hashes = new WeakMap<Component, string>()

/** The revision hash; remembered per component value, because resolved components are immutable and planned again and again. */
export function revisionHash(component: Component): string {
  let hash = hashes.get(component)
  if (hash === undefined) {
    hash = hashText(contentOf(component))
    hashes.set(component, hash)
  }
  return hash
}

/** Top-level parts of the component that make two revisions differ, sorted, for causes and `explain --diff`. */
export function changedParts(before: Component, after: Component): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Component)[])
  return [...keys]
    .filter((key) => !topLevel.has(key) && canonicalJson(before[key], isPosition) !== canonicalJson(after[key], isPosition))
    .sort()
}

/** A parameter or build argument that a user called "origin" is content; only positions are dropped. */
function isPosition(key: string, member: unknown): boolean {
  return key === 'origin' && isOrigin(member)
}

function isOrigin(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  const { file, doc, path } = value as Readonly<Record<string, unknown>>
  return typeof file === 'string' && typeof doc === 'number' && Array.isArray(path)
}
