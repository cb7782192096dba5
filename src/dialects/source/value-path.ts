/** A path of keys and indices written as text (`a.b[0]["odd key"]`), or undefined when it is none. */
export function parseValuePath(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = []
  let rest = text.trim()
  if (rest === '') return undefined
  while (rest !== '') {
    const index = /^\[(\d+)\]/.exec(rest)
    const quoted = /^\[("(?:[^"\\]|\\.)*"|'[^']*')\]/.exec(rest)
    const key = path.length === 0 ? /^([^.[\]"'\s]+)/.exec(rest) : /^\.([^.[\]"'\s]+)/.exec(rest)
    const match = index ?? quoted ?? key
    if (match === null) return undefined
    const [all, part = ''] = match
    if (index !== null) path.push(Number(part))
    else path.push(quoted !== null ? part.slice(1, -1) : part)
    rest = rest.slice(all.length)
  }
  return path
}
