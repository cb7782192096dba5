import type { ExecSession } from '../../src/model/engine.ts'
import type { ExecRequest } from '../../src/wire/requests.ts'

/** Prints its command and its input; the exit code is 3. */
export function echoSession(request: ExecRequest): ExecSession {
  let finish: (code: number) => void = () => {}
  const input: Uint8Array[] = []
  const exitCode = new Promise<number>((resolve) => {
    finish = resolve
  })
  async function* output(): AsyncIterable<{ readonly stream: 'out' | 'err'; readonly data: Uint8Array }> {
    yield { stream: 'err', data: Buffer.from(`$ ${request.command.join(' ')}\n`) }
    await exitCode
    for (const data of input) yield { stream: 'out', data }
  }
  return {
    output: output(),
    write: (data) => void input.push(data),
    endInput: () => finish(3),
    resize: () => {},
    kill: () => finish(130),
    exitCode,
  }
}
