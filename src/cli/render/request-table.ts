import { formatDuration } from '../../kernel/duration.ts'
import { formatInstant } from '../../kernel/instant.ts'
import type { RequestRecord } from '../../model/edge.ts'
import { isFailed } from '../../wire/request-stream.ts'
import type { Paint } from './paint.ts'
import { printable, printableReason, replicaName } from './request-text.ts'
import { pad, renderTable, width } from './table.ts'

const HEADINGS = ['TIME', 'METHOD', 'HOST', 'PATH', 'STATUS', 'WAIT', 'TOOK', 'REPLICA', 'TRACE', 'REASON'] as const
/** Columns of a table that grows by lines: wide enough for most, so that they rarely move. */
const WIDTHS = [13, 6, 22, 28, 6, 5, 5, 8, 32]
const GAP = '  '

/** Requests as a table. */
export function renderRequests(records: readonly RequestRecord[], paint: Paint): string {
  return renderTable(
    HEADINGS,
    records.map((record) => cellsOf(record, paint)),
  )
}

/** The same, a line at a time: columns only widen. */
export class GrowingRequests {
  readonly #paint: Paint
  readonly #widths = [...WIDTHS]

  constructor(paint: Paint) {
    this.#paint = paint
  }

  get headings(): string {
    return this.#line(HEADINGS)
  }

  format(record: RequestRecord): string {
    return this.#line(cellsOf(record, this.#paint))
  }

  #line(cells: readonly string[]): string {
    for (const [column, cell] of cells.entries()) {
      const known = this.#widths[column]
      if (known !== undefined) this.#widths[column] = Math.max(known, width(cell))
    }
    return `${cells
      .map((cell, column) => pad(cell, this.#widths[column] ?? 0))
      .join(GAP)
      .trimEnd()}\n`
  }
}

function cellsOf(record: RequestRecord, paint: Paint): readonly string[] {
  const { at, method, host, path, status, waitedMs, tookMs, traceId, reason, protocol } = record
  const shown = status === undefined ? '-' : String(status)
  return [
    // The time of day in UTC.
    formatInstant(at).slice(11),
    method === undefined ? protocol : printable(method),
    host === undefined ? '-' : printable(host),
    path === undefined ? '-' : printable(path),
    isFailed(record) ? paint.red(shown) : shown,
    waitedMs === 0 ? '-' : formatDuration(waitedMs),
    formatDuration(tookMs),
    replicaName(record) ?? record.component ?? '-',
    traceId ?? '-',
    reason === undefined ? '' : printableReason(reason),
  ]
}
