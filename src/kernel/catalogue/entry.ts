/** What a code means, for people: shown by the error catalogue. */
export interface CatalogueEntry {
  readonly title: string
  /** What is wrong, why it matters, and what to do; a few sentences. */
  readonly explanation: string
}
