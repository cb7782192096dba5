import type { ProcessTable } from '../../../../src/model/engine.ts'

/** What an engine answers to the question for processes. */
export interface EngineTable {
  readonly Titles: readonly string[]
  readonly Processes: readonly (readonly string[])[] | null
}

/** Podman gives lines as its `ps` printed them where that names its columns in another way: they are cut here, the last column keeps its spaces. */
export function tableOf({ Titles: titles, Processes: rows }: EngineTable): ProcessTable {
  const [line] = titles
  if (titles.length !== 1 || line === undefined || !/\S\s+\S/.test(line)) return { titles, rows: rows ?? [] }
  const columns = line.trim().split(/\s+/)
  return { titles: columns, rows: (rows ?? []).map(([row = '']) => cut(row.trim(), columns.length)) }
}

function cut(row: string, count: number): readonly string[] {
  const words = row.split(/\s+/)
  if (words.length <= count) return words
  let rest = row
  const cells: string[] = []
  for (let cell = 1; cell < count; cell++) {
    const end = rest.search(/\s/)
    cells.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...cells, rest]
}
