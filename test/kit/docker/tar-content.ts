import { Readable } from 'node:stream'
import { extract } from 'tar-stream'

/** Text of the files of an archive by name. */
export async function readArchive(archive: AsyncIterable<Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  const entries = extract()
  Readable.from(archive, { objectMode: false }).pipe(entries)
  for await (const entry of entries) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    if (entry.header.type === 'file') files.set(entry.header.name, Buffer.concat(chunks).toString('utf8'))
  }
  return files
}
