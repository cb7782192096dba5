import type { HeaderChanges, HeaderField } from '../model/route-behaviour.ts'

type Add = (what: string, hint?: string) => void

/** Where a message ends and what concerns one connection only: whoever changed these could break the framing. Source: RFC 9110, 7.6.1; RFC 9112, 6. */
const FRAMING = ['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']
const UNTOUCHED: Readonly<Record<'request' | 'response', ReadonlySet<string>>> = {
  request: new Set([...FRAMING, 'expect', 'host', 'http2-settings', 'x-forwarded-for']),
  response: new Set(FRAMING),
}
const HINTS: Readonly<Record<string, string>> = {
  host: 'rewrite the host of the route instead',
  'x-forwarded-for': 'the edge adds the address of the client itself',
}

const UNSEEN: ReadonlySet<string> = new Set(['connection', 'http2-settings', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding'])

/** Whether a request has lost the field before routes look at it. */
export function isUnseen(name: string): boolean {
  return UNSEEN.has(name.toLowerCase())
}

/** A name of a header field or a method. Source: RFC 9110, 5.6.2. */
export function isToken(text: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(text)
}

/** The changes that leave every message whole; undefined where there are none. */
export function checkHeaders(
  { add }: { readonly add: Add },
  changes: HeaderChanges | undefined,
  of: 'request' | 'response',
): HeaderChanges | undefined {
  if (changes === undefined) return undefined
  const isUsable = (name: string): boolean => {
    if (!isToken(name)) add(`"${name}" is not the name of a header field`)
    else if (UNTOUCHED[of].has(name.toLowerCase())) add(`the ${of} field "${name}" cannot be changed`, HINTS[name.toLowerCase()])
    else return true
    return false
  }
  const isWhole = ({ name, value }: HeaderField): boolean => {
    if (/^[\t\x20-\x7e]*$/.test(value)) return true
    add(`the value of the ${of} field "${name}" has a character that is not ASCII, or ends a line`)
    return false
  }
  const fields = (list: readonly HeaderField[] = []): readonly HeaderField[] =>
    list.filter((field) => isUsable(field.name) && isWhole(field)).map(({ name, value }) => ({ name, value: value.trim() }))
  const set = fields(changes.set)
  const added = fields(changes.add)
  const remove = (changes.remove ?? []).filter(isUsable)
  if (set.length + added.length + remove.length === 0) return undefined
  return {
    ...(set.length === 0 ? {} : { set }),
    ...(added.length === 0 ? {} : { add: added }),
    ...(remove.length === 0 ? {} : { remove }),
  }
}
