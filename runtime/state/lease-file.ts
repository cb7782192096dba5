import * as z from 'zod'
import type { Lease } from '../../src/wire/discovery.ts'
import { readJson, writeJson } from './json-file.ts'

const lease = z
  .object({ v: z.literal(1), instance: z.string(), pid: z.number().int().positive(), startTime: z.string(), at: z.number() })
  .strict()

/** Renews the lease; the guard ends what runs when nobody has for long enough. */
export async function writeLease(path: string, value: Lease): Promise<void> {
  await writeJson(path, value)
}

export async function readLease(path: string): Promise<Lease | undefined> {
  const read = await readJson(path, (value) => lease.safeParse(value).data)
  return read.found === 'value' ? read.value : undefined
}
