import type { ConnectPolicy } from '../client/daemon-place.ts'
import type { RunCommand } from '../invocation.ts'
import type { CommandOutline } from './command-outline.ts'

/** One command as data: help, parsing and completion derive from it; its code is loaded when it is called. */
export interface CommandSpec extends CommandOutline {
  /** Options end at the first operand: what follows belongs to another program. */
  readonly passesOn?: true
  readonly policy: ConnectPolicy
  /** Printed below the options. */
  readonly notes?: string
  readonly load: () => Promise<RunCommand>
}
