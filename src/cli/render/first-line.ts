/** The first line; where it introduces output (`its last lines:`), with the last line of that. */
export function firstLine(text: string): string {
  const [first = '', ...more] = text.trimEnd().split('\n')
  const last = more.at(-1)?.trim() ?? ''
  return last !== '' && first.endsWith(':') ? `${first} ${last}` : first
}
