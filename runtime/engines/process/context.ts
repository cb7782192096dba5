import type { Clock } from '../../../src/kernel/clock.ts'
import type { HintBoard } from '../shared/hint-board.ts'
import type { PortAllocator } from './ports.ts'

/** What the parts of one process engine share. */
export interface EngineContext {
  /** The state directory of all environments. */
  readonly home: string
  /** The wall clock, also for environments with a virtual one: processes boot in real time. */
  readonly clock: Clock
  readonly hints: HintBoard
  readonly ports: PortAllocator
  /** The allowed part of the daemon's own environment. */
  readonly inherited: Readonly<Record<string, string>>
}
