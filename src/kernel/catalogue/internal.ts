import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of our own faults. */
export const internalCodes = {
  MP9001: {
    title: 'minipaas failed unexpectedly',
    explanation: 'Something happened that should not be possible. The message names a dump that helps to find the cause; please report it.',
  },
  MP9002: {
    title: 'the work was cancelled',
    explanation: 'A step was ended because it is no longer wanted.',
  },
} as const satisfies Record<Code, CatalogueEntry>
