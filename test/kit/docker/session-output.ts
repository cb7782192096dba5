import type { ExecSession } from '../../../src/model/engine.ts'

export interface SessionOutput {
  readonly out: string
  readonly err: string
  readonly code: number
}

/** What a command wrote, and its exit code. */
export async function collectSession(session: ExecSession): Promise<SessionOutput> {
  const output = { out: [] as Uint8Array[], err: [] as Uint8Array[] }
  for await (const { stream, data } of session.output) output[stream].push(data)
  const text = (chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('utf8')
  return { out: text(output.out), err: text(output.err), code: await session.exitCode }
}
