import type { Origin } from '../kernel/diagnostic.ts'
import type { Component, PublishedPort, Service } from './component.ts'
import type { ComponentKey, RevisionId } from './names.ts'
import type { Container, ImageRef } from './pod.ts'
import type { Route } from './route.ts'

/** Immutable: a component as it was, under a hash of the fields that matter. */
export interface Revision {
  readonly id: RevisionId
  readonly component: ComponentKey
  readonly app: string
  readonly hash: string
  readonly spec: Component
  /** What full names of images led to when the revision was last wanted; absent where the engine has no images. */
  readonly images?: Readonly<Record<string, string>>
}

/** Everything an environment should be: all its applications, resolved, with replica counts decided. */
export interface Desired {
  readonly environment: string
  readonly revisions: readonly DesiredRevision[]
  readonly services: readonly Service[]
  readonly routes: readonly Route[]
  readonly published: readonly (PublishedPort & { readonly component: ComponentKey })[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
  /** One for each full name, sorted by it. */
  readonly images: readonly DesiredImage[]
  readonly pushes: readonly FilePush[]
}

export interface DesiredRevision {
  readonly revision: Revision
  /** Decided by the scaler, within min and max; 0 while the component is stopped. */
  readonly replicas: number
  /** Replicas that are kept started and frozen beside them; absent means none. */
  readonly standby?: number
  readonly serving: boolean
  /** Bumped by the user (`restart`) or by a reload; replicas behind it are restarted in place. */
  readonly restartToken: number
  /** Of a component that is run again and again: its runs, instead of replicas. */
  readonly executions?: readonly DesiredExecution[]
  /** What the last `up` of the application said about pulling (`--pull`), in place of each container's own policy. */
  readonly pull?: PullChoice
}

/** One run of a component to completion. Its attempts have ordinals of their own, see `EXECUTION_ORDINALS`. */
export interface DesiredExecution {
  readonly number: number
  /** Of when it was created. */
  readonly revision: Revision
  /** It has come to its end: kept as it is, and not run again. */
  readonly finished?: 'Complete' | 'Failed'
}

/** The ordinals of an execution's replicas begin at its number times this. */
const EXECUTION_ORDINALS = 1000

export function firstOrdinalOf(execution: number): number {
  return execution * EXECUTION_ORDINALS
}

/** The execution that a replica with this ordinal belongs to. */
export function executionOf(ordinal: number): number {
  return Math.floor(ordinal / EXECUTION_ORDINALS)
}

/** `up --pull`. Source: docker compose, up. */
export type PullChoice = 'always' | 'missing' | 'never'

/** An image that components run. */
export interface DesiredImage {
  readonly image: ImageRef
  /** In full: equal names are the same image however they are written. */
  readonly name: string
  readonly components: readonly ComponentKey[]
  /** The most eager policy of the containers that run it. */
  readonly pull: Container['pull']
  readonly renewal?: ImageRenewal
}

/** The image is made anew although it is here. */
export interface ImageRenewal {
  /** Number of the `up` that asks for it: it is done once for each. */
  readonly up: number
  readonly cause: string
  /** Nothing runs from the image yet, so that starts wait for the new one. */
  readonly first: boolean
}

export interface FilePush {
  readonly component: ComponentKey
  readonly token: number
  readonly files: readonly { readonly from: string; readonly to: string }[]
  readonly removed: readonly string[]
  readonly origin?: Origin
}
