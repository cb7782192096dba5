import type { Code } from '../diagnostic.ts'
import { apiCodes } from './api.ts'
import { definitionCodes } from './definitions.ts'
import { engineCodes } from './engines.ts'
import type { CatalogueEntry } from './entry.ts'
import { imageCodes } from './images.ts'
import { internalCodes } from './internal.ts'
import { linkingCodes } from './linking.ts'
import { readingCodes } from './reading.ts'
import { routingCodes } from './routing.ts'
import { simulationCodes } from './simulation.ts'

export type { CatalogueEntry } from './entry.ts'

/** One range of codes with its name for the documentation page. */
export interface CatalogueRange {
  readonly title: string
  readonly codes: Readonly<Record<Code, CatalogueEntry>>
}

/** Every code there is, by range. */
export const CATALOGUE: readonly CatalogueRange[] = [
  { title: '1xxx: reading', codes: readingCodes },
  { title: '2xxx: definitions', codes: definitionCodes },
  { title: '3xxx: linking and desired state', codes: linkingCodes },
  { title: '4xxx: engines', codes: { ...engineCodes, ...imageCodes } },
  { title: '6xxx: routing', codes: routingCodes },
  { title: '7xxx: scaling', codes: { ...simulationCodes } },
  { title: '8xxx: API and command line', codes: apiCodes },
  { title: '9xxx: internal', codes: internalCodes },
]

/** The entry of a code, or undefined when there is none. */
export function explainCode(code: Code): CatalogueEntry | undefined {
  return CATALOGUE.map(({ codes }) => codes[code]).find((entry) => entry !== undefined)
}
