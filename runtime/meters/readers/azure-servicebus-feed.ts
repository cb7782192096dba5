import { parseXmlTree, type XmlValue } from '../../../src/scaling/readings/xml-tree.ts'
import { NoValue } from '../failure.ts'

export interface BusEntity {
  readonly name: string
  readonly activeMessages: number
}

/** Queues or subscriptions of an Atom document, which is one entry or a feed of them. */
export function entitiesOf(xml: string): readonly BusEntity[] {
  const tree = parseXmlTree(xml.replace(/^\uFEFF/, '').trim())
  if (tree === undefined) throw new NoValue('the administration interface answers with no XML')
  const feed = child(tree, 'feed')
  return (feed === undefined ? children(tree, 'entry') : children(feed, 'entry')).map(entityOf)
}

function entityOf(entry: XmlValue): BusEntity {
  const content = child(entry, 'content')
  const description = child(content, 'QueueDescription') ?? child(content, 'SubscriptionDescription')
  const count = child(child(description, 'CountDetails'), 'ActiveMessageCount')
  if (typeof count !== 'string' || !/^\d+$/.test(count)) throw new NoValue('the administration interface tells no ActiveMessageCount')
  return { name: String(child(entry, 'title') ?? ''), activeMessages: Number(count) }
}

/** By the name without its prefix, which differs between versions of the service. */
function children(node: XmlValue | undefined, name: string): readonly XmlValue[] {
  if (node === undefined || typeof node === 'string') return []
  const found = Object.entries(node).find(([key]) => key === name || key.endsWith(`:${name}`))?.[1]
  if (found === undefined) return []
  return Array.isArray(found) ? (found as readonly XmlValue[]) : [found as XmlValue]
}

function child(node: XmlValue | undefined, name: string): XmlValue | undefined {
  return children(node, name)[0]
}
