/** Keys that need no escapes, so nearly all. */
const PLAIN_KEY = /^[\w./-]*$/

/** JSON with sorted keys and without undefined members: equal values give equal text. Members for which `omits` says so are left out. */
export function canonicalJson(value: unknown, omits?: (key: string, member: unknown) => boolean): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) text += text === '' ? canonicalJson(item, omits) : `,${canonicalJson(item, omits)}`
    return `[${text}]`
  }
  const record = value as Readonly<Record<string, unknown>>
  for (const key of Object.keys(record).sort()) {
    const member = record[key]
    if (member === undefined || omits?.(key, member) === true) continue
    text += `${text === '' ? '' : ','}${PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key)}:${canonicalJson(member, omits)}`
  }
  return `{${text}}`
}

/** Whether two values have the same canonical JSON, told without making it. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (!isObject(left) || !isObject(right)) return isObject(left) === isObject(right) && samePlain(left, right)
  if (Array.isArray(left) || Array.isArray(right)) return Array.isArray(left) && Array.isArray(right) && sameItems(left, right)
  return sameMembers(left, right)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Two that are not identical: only what JSON cannot tell apart is left to be the same. */
function samePlain(left: unknown, right: unknown): boolean {
  return typeof left !== 'string' && typeof right !== 'string' && canonicalJson(left) === canonicalJson(right)
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => sameValue(item, right[index]))
}

function sameMembers(left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): boolean {
  let members = 0
  for (const key of Object.keys(left)) {
    const member = left[key]
    if (member === undefined) continue
    if (right[key] === undefined || !Object.hasOwn(right, key) || !sameValue(member, right[key])) return false
    members++
  }
  for (const key of Object.keys(right)) if (right[key] !== undefined) members--
  return members === 0
}
