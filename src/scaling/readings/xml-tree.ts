/** An element of XML: its text when it has no elements inside, otherwise a map from names to what is inside (a list where repeated). */
export type XmlValue = string | XmlMap
export interface XmlMap {
  readonly [name: string]: XmlValue | readonly XmlValue[]
}

const token =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>|<\/([^\s>]+)\s*>|<([^\s/>!?]+)((?:"[^"]*"|'[^']*'|[^"'>])*?)(\/?)>|([^<]+)/g

interface Open {
  readonly name: string
  readonly children: Map<string, XmlValue[]>
  text: string
}

/** Reads XML as far as numbers in elements need it: attributes are left out. Returns undefined when the text is not well-formed. */
export function parseXmlTree(xml: string): XmlMap | undefined {
  const root: Open = { name: '', children: new Map(), text: '' }
  const open: Open[] = [root]
  let position = 0
  for (const match of xml.matchAll(token)) {
    if (match.index !== position) return undefined
    position += match[0].length
    const [, cdata, closed, opened, , emptyElement, text] = match
    const inner = open.at(-1)
    if (inner === undefined) return undefined
    if (cdata !== undefined) inner.text += cdata
    else if (text !== undefined) inner.text += decode(text)
    else if (closed !== undefined) {
      if (open.length === 1 || inner.name !== closed) return undefined
      open.pop()
      append(open.at(-1) ?? root, closed, contentOf(inner))
    } else if (opened !== undefined) {
      if (emptyElement === '/') append(inner, opened, '')
      else open.push({ name: opened, children: new Map(), text: '' })
    }
  }
  if (open.length !== 1 || position !== xml.length || root.children.size !== 1 || root.text.trim() !== '') return undefined
  const tree = contentOf(root)
  return typeof tree === 'string' ? undefined : tree
}

function append(parent: Open, name: string, value: XmlValue): void {
  const values = parent.children.get(name)
  if (values === undefined) parent.children.set(name, [value])
  else values.push(value)
}

function contentOf({ children, text }: Open): XmlValue {
  if (children.size === 0) return text.trim()
  return Object.fromEntries(
    [...children].map(([name, values]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  )
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return decimal === undefined ? (entities[name ?? ''] ?? whole) : String.fromCodePoint(Number(decimal))
  })
}
