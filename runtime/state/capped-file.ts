import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../src/kernel/clock.ts'
import { after, type Millis } from '../../src/kernel/instant.ts'

export interface CappedFileOptions {
  readonly path: string
  /** A file that reached this size becomes `<path>.1` (the one before is replaced), so at most twice as much is kept. */
  readonly maxBytes: number
  readonly clock: Clock
  /** Longest time that a line stays in memory only. */
  readonly delayMs: Millis
  readonly onError: (error: unknown) => void
}

/** Lines appended in the background, in order, to a file of limited size. */
export interface CappedFile {
  append(line: string): void
  /** Resolves when everything appended so far is in the file (or was reported as an error). */
  flush(): Promise<void>
  /** Writes what is left at once; for the moment before the process dies. */
  flushNow(): void
}

const FLUSH_BYTES = 64 * 1024

export function createCappedFile({ path, maxBytes, clock, delayMs, onError }: CappedFileOptions): CappedFile {
  let pending: string[] = []
  let pendingBytes = 0
  let size: number | undefined
  let timer: Disposable | undefined
  let writing: Promise<void> | undefined

  const take = (): { readonly text: string; readonly bytes: number } => {
    const taken = { text: pending.join(''), bytes: pendingBytes }
    pending = []
    pendingBytes = 0
    timer?.[Symbol.dispose]()
    timer = undefined
    return taken
  }

  const writeAll = async (): Promise<void> => {
    try {
      while (pending.length > 0) {
        const { text, bytes } = take()
        size ??= await sizeOf(path)
        if (size > 0 && size + bytes > maxBytes) {
          await rename(path, `${path}.1`)
          size = 0
        }
        await appendFile(path, text, { mode: 0o600 })
        size += bytes
      }
    } catch (error) {
      size = undefined
      onError(error)
    }
  }

  const flush = (): Promise<void> => {
    if (writing !== undefined) return writing
    if (pending.length === 0) return Promise.resolve()
    writing = writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  return {
    append(line) {
      pending.push(`${line}\n`)
      pendingBytes += Buffer.byteLength(line) + 1
      if (pendingBytes >= FLUSH_BYTES) void flush()
      else timer ??= clock.at(after(clock.now(), delayMs), () => void flush())
    },
    async flush() {
      while (pending.length > 0 || writing !== undefined) await flush()
    },
    flushNow() {
      if (pending.length === 0) return
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        const { text, bytes } = take()
        const before = statSync(path, { throwIfNoEntry: false })?.size ?? 0
        if (before > 0 && before + bytes > maxBytes) renameSync(path, `${path}.1`)
        appendFileSync(path, text, { mode: 0o600 })
      } catch (error) {
        onError(error)
      }
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    return (await stat(path)).size
  } catch {
    return 0
  }
}
