import { pack } from 'tar-stream'

/** A file or directory of an archive; names are relative, directories need no slash at the end. */
export type ArchiveEntry =
  | { readonly type: 'file'; readonly name: string; readonly mode: number; readonly content: string }
  | { readonly type: 'directory'; readonly name: string; readonly mode: number }

/** A tar archive of entries that belong to root. */
export async function makeArchive(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const archive = pack()
  for (const entry of entries) {
    const { name, mode, type } = entry
    if (type === 'file') archive.entry({ name, mode, type }, Buffer.from(entry.content, 'utf8'))
    else archive.entry({ name: `${name}/`, mode, type })
  }
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
