import type { Origin } from '../../kernel/diagnostic.ts'
import type { EnvEntry } from './env-file.ts'
import type { OverlayText } from './schema.ts'

/** The overlay as read: texts interpolated, env files loaded. */
export interface OverlayContent {
  readonly text: OverlayText
  /** Of the whole file. */
  readonly origin: Origin
  /** Absolute directory that relative paths start at. */
  readonly directory: string
  /** Whether the text at a path holds a value from an env file. */
  isSecret(path: Origin['path']): boolean
  /** Variables of the env files for all components, and for each component. */
  readonly envFiles: { readonly all: readonly EnvEntry[]; readonly components: Readonly<Record<string, readonly EnvEntry[]>> }
}
