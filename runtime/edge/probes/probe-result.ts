/** One answer to a probe; the detail says what was seen, in words. */
export interface ProbeResult {
  readonly ok: boolean
  readonly detail: string
}

/** What went wrong on the way, in words. */
export function explainError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ECONNRESET':
      return 'connection reset'
    case 'ENOTFOUND':
      return 'unknown host'
    default:
      return error instanceof Error ? error.message || (code ?? error.name) : String(error)
  }
}
