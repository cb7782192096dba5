import type { Origin } from '../kernel/diagnostic.ts'
import type { Component, Provenance } from '../model/component.ts'
import { isRecord } from './wording.ts'

type Path = readonly (string | number)[]

/** Remembers who wrote what. List items are named, not counted, until the component is complete. */
export class ProvenanceBook {
  private readonly entries = new Map<string, Provenance>()

  /** The latest writer of a path wins, also over what was recorded below the path. */
  record(path: Path, by: string, origin: Origin): void {
    this.forget(path)
    this.entries.set(JSON.stringify(path), { path, by, origin })
  }

  forget(path: Path): void {
    const key = JSON.stringify(path)
    const below = `${key.slice(0, -1)},`
    for (const known of [...this.entries.keys()]) if (known === key || known.startsWith(below)) this.entries.delete(known)
  }

  originOf(path: Path): Origin | undefined {
    return this.entries.get(JSON.stringify(path))?.origin
  }

  /** Everything recorded, with indices instead of names; what is no longer in the component is left out. */
  resolve(component: Component): readonly Provenance[] {
    return [...this.entries.values()].flatMap((entry) => {
      const path = indexPath(component, entry.path)
      return path === undefined ? [] : [{ ...entry, path }]
    })
  }
}

function indexPath(root: unknown, path: Path): Path | undefined {
  const result: (string | number)[] = []
  let value: unknown = root
  for (const step of path) {
    const index: string | number =
      Array.isArray(value) && typeof step === 'string' ? value.findIndex((item) => identityOf(item) === step) : step
    if (index === -1) return undefined
    value = isRecord(value) || Array.isArray(value) ? (value as Readonly<Record<string | number, unknown>>)[index] : undefined
    if (value === undefined) return undefined
    result.push(index)
  }
  return result
}

/** What tells items of a list of the component apart: name, mount path or address. */
function identityOf(item: unknown): unknown {
  if (!isRecord(item)) return undefined
  return item.name ?? item.path ?? item.ip
}
