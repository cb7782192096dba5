import { NoValue } from './failure.ts'

/** The single number of a query's first row, as Go scans it: text is read as a number too. */
export function firstNumber(row: readonly unknown[] | undefined): number {
  if (row === undefined)
    throw new NoValue('the query found no row', 'Let the query return exactly one number, also when there is nothing to count.')
  if (row.length !== 1) throw new NoValue(`the query returns ${row.length} columns`, 'Let the query return exactly one number.')
  const [cell] = row
  const value =
    typeof cell === 'number'
      ? cell
      : typeof cell === 'bigint'
        ? Number(cell)
        : typeof cell === 'string' && cell.trim() !== ''
          ? Number(cell)
          : Number.NaN
  if (!Number.isFinite(value))
    throw new NoValue(
      `the query returns ${cell === null ? 'NULL' : 'no number'}`,
      'Let the query return exactly one number, for example with COALESCE.',
    )
  return value
}
