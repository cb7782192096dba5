import type { Code } from '../../kernel/diagnostic.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { LoadReport } from '../../wire/load.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { LoadDisplay } from '../load/load-display.ts'
import { readLoadRequest } from '../load/load-request.ts'
import { pickComponents } from '../pick-components.ts'
import { type ExitName, RefusalError } from '../refusal-error.ts'
import { Interrupts } from '../up/interrupts.ts'

/** Sends requests and shows what becomes of them. The first interrupt ends the sending, a second one everything. */
export async function load(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const view = await requireView(client)
  const names = pickComponents(view, []).map(({ name }) => name)
  const request = await readLoadRequest(invocation, io, names)
  if ('component' in request.target) pickComponents(view, [request.target.component])
  const [stop, gone] = [new AbortController(), new AbortController()]
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen((count) => (count === 1 ? stop : gone).abort())
  const display = new LoadDisplay(io, invocation.globals)
  let last: LoadReport | undefined
  try {
    for await (const report of client.measuring.load(request, { stop: stop.signal, gone: gone.signal })) {
      display.show(report)
      last = report
    }
  } catch (error) {
    throw error instanceof RefusalError ? new RefusalError(error.refusal, EXIT_OF[error.refusal.code] ?? error.exit) : error
  }
  if (interrupts.count > 0 || last?.type !== 'summary') return EXIT_CODES.interrupted
  return last.failed > 0 ? EXIT_CODES.componentFailed : EXIT_CODES.ok
}

/** A stream has no status of its own: the codes of what a request may be refused for. */
const EXIT_OF: Partial<Readonly<Record<Code, ExitName>>> = {
  MP8003: 'notRunning',
  MP8004: 'usage',
  MP8005: 'usage',
  MP8014: 'usage',
  MP8022: 'usage',
  MP8031: 'usage',
  MP8032: 'usage',
}
