import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import * as z from 'zod'
import type { Discovery } from '../../src/wire/answers.ts'
import { type JsonRead, readJson, writeJson } from './json-file.ts'

const discovery = z
  .object({
    version: z.string(),
    pid: z.number().int().positive(),
    startTime: z.string(),
    port: z.number().int().min(1).max(65_535),
    token: z.string().min(32),
    instance: z.string(),
  })
  .strict()

/** A new secret for one life of the daemon: 32 random bytes, in characters that fit a header and a sub-protocol name. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export async function writeDiscovery(path: string, value: Discovery): Promise<void> {
  await writeJson(path, value)
}

export async function readDiscovery(path: string): Promise<JsonRead<Discovery>> {
  return readJson(path, (value) => discovery.safeParse(value).data)
}

/** Removes the file when it is of this instance; another daemon's stays. */
export async function removeDiscovery(path: string, instance: string): Promise<void> {
  const read = await readDiscovery(path)
  if (read.found === 'value' && read.value.instance === instance) await rm(path, { force: true })
}

/** For the holder of the lock: what an earlier daemon left is removed, what is no discovery is set aside. */
export async function clearDiscovery(path: string): Promise<void> {
  const read = await readDiscovery(path)
  if (read.found === 'value') await rm(path, { force: true })
}
