import type { CST } from 'yaml'

/** Whether collections of a document stand in one another deeper than the limit. Works without recursion, whatever the depth. */
export function isNestedDeeper(document: CST.Token, limit: number): boolean {
  let level: readonly CST.Token[] = document.type === 'document' && document.value !== undefined ? [document.value] : []
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((token) => ('items' in token ? token.items.flatMap(partsOf) : []))
  }
  return false
}

function partsOf({ key, value }: CST.CollectionItem): readonly CST.Token[] {
  return [key, value].filter((part): part is CST.Token => part !== undefined && part !== null)
}
