import type { CommandSpec } from './command-spec.ts'
import { IMAGE_COMMANDS } from './images.ts'
import { LOOKING_COMMANDS } from './looking.ts'
import { MEASURING_COMMANDS } from './measuring.ts'
import { RUNNING_COMMANDS } from './running.ts'

/** All commands, in the order of the help text. */
export const COMMANDS: readonly CommandSpec[] = [...RUNNING_COMMANDS, ...IMAGE_COMMANDS, ...MEASURING_COMMANDS, ...LOOKING_COMMANDS]
