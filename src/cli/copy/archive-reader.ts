import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Extract, extract, type Header } from 'tar-stream'

/** One file, directory or link: its header, and its content as a stream. */
export type Entry = Extract extends AsyncIterable<infer E> ? E : never

/** The entries of an archive, one after the other; each must be read or skipped (`resume`) before the next. */
export async function* readEntries(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  const entries = extract()
  // Both kinds of streams pipe into each other; their types do not know it.
  const feeding = pipeline(Readable.from(archive, { objectMode: false }), entries as unknown as NodeJS.WritableStream).then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  try {
    for await (const entry of entries) yield entry
  } catch (error) {
    // What went wrong with the source says more than that the archive ended too early.
    throw (await feeding)?.error ?? error
  } finally {
    entries.destroy()
  }
  const failed = await feeding
  if (failed !== undefined) throw failed.error
}

/** What the first entry of an archive says; the rest is not read. Undefined for an empty archive. */
export async function readFirstHeader(archive: AsyncIterable<Uint8Array>): Promise<Header | undefined> {
  for await (const entry of readEntries(archive)) return entry.header
  return undefined
}

/** The name of an entry without what archivers write around it: `./a/` is `a`, and the root is empty. */
export function plainName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}
