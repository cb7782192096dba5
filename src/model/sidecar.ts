import type { Container, EnvVar } from './pod.ts'

/** How a sidecar is started beside an application; a sidecar definition computes it and starts nothing. */
export interface SidecarLaunch {
  readonly type: string
  readonly container: Container
  /** Files rendered for it, relative to a directory of its own. */
  readonly files: readonly { readonly path: string; readonly content: string }[]
  /** Added to the application's environment. */
  readonly injectEnv: readonly EnvVar[]
  readonly appMustWaitFor: 'nothing' | 'started' | 'ready'
  readonly trafficMustWaitFor: 'nothing' | 'ready'
}
