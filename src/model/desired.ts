import type { Origin } from '../kernel/diagnostic.ts'
import type { Component, PublishedPort, Service } from './component.ts'
import type { ComponentKey, RevisionId } from './names.ts'
import type { ImageRef } from './pod.ts'
import type { Route } from './route.ts'

/** Immutable: a component as it was, under a hash of the fields that matter. */
export interface Revision {
  readonly id: RevisionId
  readonly component: ComponentKey
  readonly app: string
  readonly hash: string
  readonly spec: Component
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
  readonly images: readonly ImageRef[]
  readonly pushes: readonly FilePush[]
}

export interface DesiredRevision {
  readonly revision: Revision
  /** Decided by the scaler, within min and max; 0 while the component is stopped. */
  readonly replicas: number
  readonly serving: boolean
  /** Bumped by the user (`restart`) or by a reload; replicas behind it are restarted in place. */
  readonly restartToken: number
}

export interface FilePush {
  readonly component: ComponentKey
  readonly token: number
  readonly files: readonly { readonly from: string; readonly to: string }[]
  readonly removed: readonly string[]
  readonly origin?: Origin
}
