/** Two spaces between columns; the last column is not padded. */
const GAP = '  '

/** Lines of a table with upper-case headings and left-aligned columns. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ''))))
  const line = (cells: readonly string[]): string =>
    headings
      .map((_, column) => pad(cells[column] ?? '', widths[column] ?? 0))
      .join(GAP)
      .trimEnd()
  return `${[headings, ...rows].map((cells) => line(cells)).join('\n')}\n`
}

/** Spaces up to a width, measured without colours. */
export function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - width(text)))
}

/** Columns that a text takes: no escape sequences, two for wide characters such as emoji. */
export function width(text: string): number {
  let columns = 0
  for (const character of stripEscapes(text)) {
    const code = character.codePointAt(0) ?? 0
    if (code === 0xfe0f || code === 0x200d) continue
    columns += isWide(code) ? 2 : 1
  }
  return columns
}

/** Cuts to a number of columns; escape sequences are dropped when it has to. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let cut = ''
  for (const character of stripEscapes(text)) {
    if (width(cut + character) > columns - 1) break
    cut += character
  }
  return `${cut}…`
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')

function stripEscapes(text: string): string {
  return text.includes(String.fromCharCode(27)) ? text.replace(ESCAPES, '') : text
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xff00 && code <= 0xff60) ||
    code === 0x2705 ||
    code === 0x274c ||
    code >= 0x1f300
  )
}
