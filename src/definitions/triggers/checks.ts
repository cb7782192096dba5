import type { Given } from './given.ts'

/** Something wrong between keys of one trigger: at a key that is there, or at the metadata. */
export interface Complaint {
  readonly code: 'MP2102' | 'MP2105' | 'MP2106'
  readonly message: string
  readonly at?: string
  readonly hint?: string
}

/** One of the groups of keys must be given completely. */
export function needsOneOf(given: Given, ...groups: readonly (readonly string[])[]): readonly Complaint[] {
  if (groups.some((group) => group.every((key) => given.has(key)))) return []
  const begun = groups.find((group) => group.some((key) => given.has(key)))
  if (begun !== undefined) return begun.filter((key) => !given.has(key)).map((key) => missing(key))
  const said = groups.map((group) => group.map((key) => `"${key}"`).join(' with ')).join(', or ')
  return [{ code: 'MP2102', message: `${said} is missing in the metadata` }]
}

export function missing(key: string): Complaint {
  return { code: 'MP2102', message: `"${key}" is missing in the metadata` }
}

export function notTogether(given: Given, key: string, other: string): readonly Complaint[] {
  if (!given.has(key) || !given.has(other)) return []
  return [{ code: 'MP2106', message: `"${key}" cannot be given together with "${other}"`, at: key }]
}

/** A target with the key that names it. */
export function amount(given: Given, key: string): { readonly target: number | undefined; readonly targetKey: string } {
  return { target: given.number(key), targetKey: key }
}
