import { open } from 'node:fs/promises'

const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46])
const PT_INTERP = 3
/** Headers and the interpreter's name lie at the beginning of every usual program. */
const HEAD_BYTES = 65_536

/** Where the fields of an ELF file are, by the width of its addresses. Source: System V ABI, object files. */
const LAYOUTS = {
  1: { tableOffset: 28, entrySize: 42, entryCount: 44, segmentOffset: 4, segmentSize: 16 },
  2: { tableOffset: 32, entrySize: 54, entryCount: 56, segmentOffset: 8, segmentSize: 32 },
} as const

/** The program that loads a dynamically linked one; undefined for one that needs none. Throws for what is no program of this system. */
export async function elfInterpreter(path: string): Promise<string | undefined> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0)
    return interpreterIn(head.subarray(0, bytesRead), path)
  } finally {
    await file.close()
  }
}

function interpreterIn(head: Buffer, path: string): string | undefined {
  const width = head[4]
  if (!head.subarray(0, MAGIC.length).equals(MAGIC) || (width !== 1 && width !== 2)) throw new Error(`${path} is no ELF program`)
  const isLittle = head[5] === 1
  const short = (at: number): number => (isLittle ? head.readUInt16LE(at) : head.readUInt16BE(at))
  const int = (at: number): number => (isLittle ? head.readUInt32LE(at) : head.readUInt32BE(at))
  const long = (at: number): number => Number(isLittle ? head.readBigUInt64LE(at) : head.readBigUInt64BE(at))
  const address = width === 1 ? int : long
  const layout = LAYOUTS[width]
  const table = address(layout.tableOffset)
  for (let index = 0; index < short(layout.entryCount); index++) {
    const segment = table + index * short(layout.entrySize)
    if (int(segment) !== PT_INTERP) continue
    const start = address(segment + layout.segmentOffset)
    const text = head.toString('latin1', start, start + address(segment + layout.segmentSize))
    return text.replace(/\0+$/, '')
  }
  return undefined
}
