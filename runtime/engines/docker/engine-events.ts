/** One entry of the engine's stream of events. */
export interface EngineEvent {
  readonly type: string
  readonly id: string
  /** Labels of a container, and what else the engine tells. */
  readonly attributes: Readonly<Record<string, string>>
}

/** Reads a stream of JSON objects, one a line. */
export async function* readEvents(chunks: AsyncIterable<Buffer>): AsyncGenerator<EngineEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.trim() === '') continue
      const { Type: type = '', Actor: actor } = JSON.parse(line) as RawEvent
      yield { type, id: actor?.ID ?? '', attributes: actor?.Attributes ?? {} }
    }
  }
}

interface RawEvent {
  readonly Type?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> | null }
}
