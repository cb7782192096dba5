/**
 * The value at a path in GJSON's notation, undefined when there is none: keys with `\` before a dot that is meant, the wildcards `*`
 * and `?`, list indices, `#` for the length of a list, `#.key` for one value of each element, and `#(key==value)` for the first
 * element that matches (`#(…)#` for all). A pipe in place of a dot goes on with the list instead of its elements. Modifiers (`@reverse` and others) are not known.
 *
 * Source: gjson: SYNTAX.md.
 */
export function followJsonPath(root: unknown, path: string): unknown {
  return split(path, '|').reduce((value: unknown, stage) => follow(value, split(stage, '.')), root)
}

function follow(value: unknown, parts: readonly string[]): unknown {
  const [part, ...rest] = parts
  if (part === undefined) return value
  if (Array.isArray(value)) return followList(value, part, rest)
  if (typeof value !== 'object' || value === null) return undefined
  const key = keyOf(value, part)
  return key === undefined ? undefined : follow(Reflect.get(value, key), rest)
}

function followList(list: readonly unknown[], part: string, rest: readonly string[]): unknown {
  if (part === '#') return rest.length === 0 ? list.length : list.map((one) => follow(one, rest)).filter((one) => one !== undefined)
  const query = /^#\((.*)\)(#?)$/.exec(part)
  if (query === null) return /^\d+$/.test(part) ? follow(list[Number(part)], rest) : undefined
  const matches = matcherOf(query[1] ?? '')
  if (query[2] !== '#') return follow(list.find(matches), rest)
  const found = list.filter(matches)
  return rest.length === 0 ? found : followList(found, '#', rest)
}

/** Splits at a character, but not inside the parentheses of a query nor after a backslash. */
function split(path: string, at: '.' | '|'): readonly string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (let index = 0; index < path.length; index++) {
    const char = path.charAt(index)
    if (char === '\\') {
      part += char + path.charAt(++index)
      continue
    }
    if (char === '(') depth++
    if (char === ')') depth--
    if (depth === 0 && char === at) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}

function keyOf(value: object, part: string): string | undefined {
  if (!/(^|[^\\])[*?]/.test(part)) {
    const key = part.replaceAll(/\\(.)/g, '$1')
    return Object.hasOwn(value, key) ? key : undefined
  }
  const pattern = wildcard(part)
  return Object.keys(value).find((key) => pattern.test(key))
}

function wildcard(text: string): RegExp {
  const source = text.replaceAll(/\\(.)|([*?])|([$()+.[\]^{|}])/g, (_, escaped?: string, wild?: string, special?: string) => {
    if (wild !== undefined) return wild === '*' ? '.*' : '.'
    return (escaped ?? special ?? '').replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 's')
}

type Matcher = (element: unknown) => boolean

/** `key==value`, `key%pattern`, `key` alone for "has it"; without a key the elements themselves are compared. */
function matcherOf(query: string): Matcher {
  const parts = /^(.*?)\s*(==|!=|<=|>=|!%|=|<|>|%)\s*(.*)$/s.exec(query)
  if (parts === null) return (element) => follow(element, split(query, '.')) !== undefined
  const [, left = '', operator = '', right = ''] = parts
  const wanted = literal(right)
  return (element) => {
    const value = left === '' ? element : follow(element, split(left, '.'))
    return value !== undefined && compare(value, operator, wanted)
  }
}

function literal(text: string): unknown {
  if (text.startsWith('"')) return text.replace(/^"(.*)"$/s, '$1').replaceAll(/\\(.)/g, '$1')
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }
  if (Object.hasOwn(words, text)) return words[text]
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text
}

function compare(value: unknown, operator: string, wanted: unknown): boolean {
  if (operator === '%' || operator === '!%') return typeof value === 'string' && wildcard(String(wanted)).test(value) === (operator === '%')
  if (typeof value !== typeof wanted) return false
  if (operator === '=' || operator === '==') return value === wanted
  if (operator === '!=') return value !== wanted
  if (typeof value === 'number' && typeof wanted === 'number') return ordered(value - wanted, operator)
  if (typeof value === 'string' && typeof wanted === 'string') return ordered(value < wanted ? -1 : Number(value > wanted), operator)
  return false
}

function ordered(difference: number, operator: string): boolean {
  if (operator === '<') return difference < 0
  if (operator === '<=') return difference <= 0
  return operator === '>' ? difference > 0 : difference >= 0
}
