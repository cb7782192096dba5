import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import type { Code, Diagnostic, Origin } from '../../kernel/diagnostic.ts'

const MAX_DEPTH = 200
/** Values that aliases may add to a document; more is an attack or a mistake. */
const MAX_EXPANDED = 20_000

/** A fault of a document's nodes, with the offsets where it is. */
export interface NodeFault {
  readonly code: Code
  readonly severity: Diagnostic['severity']
  readonly message: string
  readonly range: readonly [number, number]
  readonly hint?: string
}

interface Seen {
  readonly value: unknown
  readonly size: number
}

/** The text of a plain key, or undefined when the key is a collection. */
function keyText(key: unknown): string | undefined {
  if (key === null || key === undefined) return 'null'
  if (!isScalar(key)) return undefined
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === '<<' && pair.key.type === 'PLAIN'
}

/** Start and end of a node's own text. */
export function rangeOf(node: unknown): readonly [number, number] | undefined {
  const range = (node as Node | null | undefined)?.range
  return range === null || range === undefined ? undefined : [range[0], range[1]]
}

/** Turns nodes into plain values: resolves aliases and merge keys, refuses duplicate keys, cycles and alias bombs. */
export class NodeReader {
  readonly faults: NodeFault[] = []
  readonly #anchors = new Map<string, Node>()
  readonly #seen = new Map<Node, Seen>()
  readonly #open = new Set<Node>()
  #expanded = 0

  /** The node an alias stands for, once its document has been read. */
  target(source: string): Node | undefined {
    return this.#anchors.get(source)
  }

  read(node: unknown, depth = 0): unknown {
    return this.#read(node, depth).value
  }

  #read(node: unknown, depth: number): Seen {
    if (depth > MAX_DEPTH) {
      this.#fault('MP1005', node, `values are nested more than ${MAX_DEPTH} levels deep`)
      return { value: null, size: 1 }
    }
    if (isAlias(node)) return this.#readAlias(node.source, node)
    const anchor = (node as { anchor?: string } | null)?.anchor
    if (anchor !== undefined) this.#anchors.set(anchor, node as Node)
    if (isMap(node)) return this.#remember(node, () => this.#readMap(node, depth))
    if (isSeq(node)) return this.#remember(node, () => this.#readSeq(node.items, depth))
    return { value: isScalar(node) ? node.value : null, size: 1 }
  }

  #remember(node: Node, read: () => Seen): Seen {
    this.#open.add(node)
    const seen = read()
    this.#open.delete(node)
    if ((node as { anchor?: string }).anchor !== undefined) this.#seen.set(node, seen)
    return seen
  }

  #readAlias(name: string, alias: Node): Seen {
    const target = this.#anchors.get(name)
    if (target === undefined) {
      // The name is not repeated: it may be a password that begins with an asterisk.
      this.#fault('MP1003', alias, 'this alias has no anchor before it', 'put a value that begins with * in quotes')
      return { value: null, size: 1 }
    }
    if (this.#open.has(target)) {
      this.#fault('MP1003', alias, 'this alias stands inside its own anchor')
      return { value: null, size: 1 }
    }
    const seen = this.#seen.get(target) ?? { value: isScalar(target) ? target.value : null, size: 1 }
    this.#expanded += seen.size
    if (this.#expanded <= MAX_EXPANDED) return seen
    if (!this.faults.some((fault) => fault.code === 'MP1004'))
      this.#fault('MP1004', alias, `aliases expand to more than ${MAX_EXPANDED} values`)
    return { value: null, size: 1 }
  }

  #readSeq(items: readonly unknown[], depth: number): Seen {
    const value: unknown[] = []
    let size = 1
    for (const item of items) {
      const read = isPair(item) ? { value: null, size: 1 } : this.#read(item, depth + 1)
      value.push(read.value)
      size += read.size
    }
    return { value, size }
  }

  #readMap(map: YAMLMap, depth: number): Seen {
    const entries = new Map<string, unknown>()
    const merged: (readonly [string, unknown])[] = []
    let size = 1
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        const source = this.#read(pair.value, depth + 1)
        size += source.size
        for (const part of Array.isArray(source.value) ? source.value : [source.value]) {
          if (part === null || typeof part !== 'object' || Array.isArray(part)) this.#fault('MP1001', pair.value, 'a merge key needs a map')
          else merged.push(...Object.entries(part))
        }
        continue
      }
      const key = keyText(pair.key)
      if (key === undefined) {
        this.#fault('MP1001', pair.key, 'a key must be plain text')
        continue
      }
      const read = this.#read(pair.value, depth + 1)
      size += read.size
      if (entries.has(key)) this.#fault('MP1002', pair.key, `key "${key}" is written twice in the same map`)
      else entries.set(key, read.value)
    }
    for (const [key, value] of merged) if (!entries.has(key)) entries.set(key, value)
    return { value: Object.fromEntries(entries), size }
  }

  #fault(code: NodeFault['code'], node: unknown, message: string, hint?: string): void {
    const range = rangeOf(node) ?? [0, 0]
    this.faults.push({ code, severity: 'error', message, range, ...(hint === undefined ? {} : { hint }) })
  }
}

/** Path steps to the node; the nearest enclosing node and how many elements led there. */
export interface Found {
  readonly node: unknown
  /** The key node that holds it, when its parent is a map. */
  readonly key?: unknown
  readonly depth: number
}

/** Walks a path through maps, lists, aliases and merge keys. */
export function findNode(root: unknown, path: Origin['path'], reader: NodeReader): Found {
  let found: Found = { node: resolve(root, reader), depth: 0 }
  for (const element of path) {
    const next = child(found.node, element, reader)
    if (next === undefined) return found
    found = { ...next, depth: found.depth + 1 }
  }
  return found
}

function child(node: unknown, element: string | number, reader: NodeReader): Omit<Found, 'depth'> | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(element)]
    return item === undefined ? undefined : { node: resolve(item, reader) }
  }
  if (!isMap(node)) return undefined
  for (const pair of node.items) {
    if (!isMergeKey(pair) && keyText(pair.key) === String(element)) return { node: resolve(pair.value, reader), key: pair.key }
  }
  for (const pair of node.items) {
    if (!isMergeKey(pair)) continue
    const source = resolve(pair.value, reader)
    for (const part of isSeq(source) ? source.items : [source]) {
      const inherited = child(resolve(part, reader), element, reader)
      if (inherited !== undefined) return inherited
    }
  }
  return undefined
}

function resolve(node: unknown, reader: NodeReader): unknown {
  return isAlias(node) ? reader.target(node.source) : node
}

/** Ranges of all scalars at or below a node; empty ones too. */
export function scalarRanges(node: unknown, reader: NodeReader): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  const visited = new Set<unknown>()
  const visit = (current: unknown): void => {
    const target = resolve(current, reader)
    if (visited.has(target)) return
    visited.add(target)
    if (isMap(target)) for (const pair of target.items) visit(pair.value)
    else if (isSeq(target)) for (const item of target.items) visit(item)
    else {
      const range = rangeOf(target)
      if (range !== undefined) ranges.push(range)
    }
  }
  visit(node)
  return ranges
}
