import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { formatDuration, parseGoDuration } from '../../kernel/duration.ts'
import { EXIT_CODES } from '../../wire/answers.ts'
import type { TraceItem } from '../../wire/record.ts'
import { type Client, requireView } from '../client/client.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import { pickComponents } from '../pick-components.ts'
import { refuse, refuseUsage } from '../refusal-error.ts'
import { Interrupts } from '../up/interrupts.ts'

/** Writes the load of a live run as a trace, until an interrupt or the given time; either way the file is complete. */
export async function record(invocation: Invocation, io: Io, client: Client): Promise<number> {
  const { operands, options, globals } = invocation
  const forMs = readDuration(options.text('for'))
  const out = options.text('out')
  const picked = pickComponents(await requireView(client), operands)
  const [stop, gone] = [new AbortController(), new AbortController()]
  using interrupts = new Interrupts(io)
  using _ = interrupts.listen((count) => (count === 1 ? stop : gone).abort())
  if (forMs !== undefined)
    void io.clock.sleep(forMs, gone.signal).then(
      () => stop.abort(),
      () => undefined,
    )
  const request = { components: operands.length === 0 ? [] : picked.map(({ key }) => key) }
  const file = out === undefined ? undefined : await create(resolve(io.cwd, out), out)
  const counts = new TraceCounts()
  try {
    for await (const item of client.measuring.record(request, { stop: stop.signal, gone: gone.signal })) {
      const line = `${JSON.stringify(item)}\n`
      if (file === undefined) io.stdout.write(line)
      else await file.write(line)
      if (counts.take(item) === 'first' && globals.format === 'text') io.stderr.write(globals.err.dim(begun(forMs)))
    }
  } finally {
    gone.abort()
    await file?.close()
  }
  if (globals.format === 'text') io.stderr.write(`${counts.text}${out === undefined ? '' : ` -> ${out}`}\n`)
  return interrupts.count > 1 ? EXIT_CODES.interrupted : EXIT_CODES.ok
}

function readDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseGoDuration(text)
  if (ms === undefined || ms <= 0) throw refuseUsage(`--for: "${text}" is no duration above 0`, 'Write for example 30s or 10m.')
  return ms
}

async function create(path: string, shown: string): Promise<FileHandle> {
  try {
    return await open(path, 'w')
  } catch (error) {
    const message = `${shown} cannot be written: ${error instanceof Error ? error.message : String(error)}`
    throw refuse('MP8101', 'usage', { message, next: 'name a file in a directory that is there and yours (--out)' })
  }
}

function begun(forMs: number | undefined): string {
  return forMs === undefined ? 'recording; Ctrl+C ends it\n' : `recording for ${formatDuration(forMs)}; Ctrl+C ends it earlier\n`
}

/** What was recorded, for people. */
class TraceCounts {
  #components: readonly string[] = []
  #requests = 0
  #changes = 0
  #starts = 0
  #last = 0

  take(item: TraceItem): 'first' | 'more' {
    if ('minipaasTrace' in item) {
      this.#components = item.components.map(({ name }) => name)
      return 'first'
    }
    this.#last = Math.max(this.#last, item.t)
    if (item.kind === 'load') this.#requests += item.arrivals
    else if (item.kind === 'replicas') this.#changes++
    else this.#starts++
    return 'more'
  }

  get text(): string {
    const what = [
      several(this.#requests, 'request'),
      several(this.#changes, 'change of size', 'changes of size'),
      several(this.#starts, 'start'),
    ]
    return `recorded ${formatDuration(this.#last)} of ${this.#components.join(', ')}: ${what.join(', ')}`
  }
}

function several(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
