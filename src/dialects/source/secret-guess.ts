/** Words that announce secret values in a text that cannot be parsed. */
const HINT = /\bkind\s*["']?\s*:\s*["']?Secret\b|\bstringData\b|\bsecret["']?\s*:/

export function hasSecretHints(text: string): boolean {
  return HINT.test(text)
}

/**
 * What to hide in a text that cannot be parsed but seems to hold secrets: everything after the first `:` of a line, and lines
 * without a key; names and kinds stay readable.
 */
export function guessSecretRanges(text: string): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = []
  let start = 0
  for (const line of text.split('\n')) {
    const range = hiddenPart(line)
    if (range !== undefined) ranges.push([start + range[0], start + range[1]])
    start += line.length + 1
  }
  return ranges
}

function hiddenPart(line: string): readonly [number, number] | undefined {
  if (/^\s*(?:#|---|$)/.test(line) || /^\s*-?\s*(?:apiVersion|kind|name|namespace|type)\s*:/.test(line)) return undefined
  const key = /^\s*(?:-\s+)?["']?[\w.\-/]+["']?\s*:\s*/.exec(line)
  const from = key === null ? line.length - line.trimStart().length : key[0].length
  const to = line.trimEnd().length
  return to > from ? [from, to] : undefined
}
