import type { Code } from '../kernel/diagnostic.ts'

/** What the command line itself refuses, by code: the title of each entry of the catalogue. */
export const CLI_CODES = {
  MP8101: 'the arguments of a command are not right',
  MP8102: 'no model file was found',
  MP8103: 'nothing is running',
  MP8104: 'the daemon did not start',
  MP8105: 'the daemon does not answer',
  MP8106: 'the daemon of another version does not end',
  MP8107: 'an input file cannot be read',
} as const satisfies Readonly<Record<Code, string>>

export type CliCode = keyof typeof CLI_CODES
