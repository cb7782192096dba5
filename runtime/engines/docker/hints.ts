import type { Readable } from 'node:stream'
import type { Hint, Owner } from '../../../src/model/engine.ts'
import type { DockerContext } from './context.ts'
import { type EngineEvent, readEvents } from './engine-events.ts'
import { faults } from './faults.ts'
import { LABELS } from './labels.ts'
import { names } from './place.ts'

/** What changes an observation. Commands in containers and checks of health do not, and there are many of them. */
const EVENTS = {
  // Podman tells the ends of containers by Docker's words, but is to be asked for them by its own.
  container: ['create', 'start', 'die', 'died', 'oom', 'pause', 'unpause', 'destroy', 'remove'],
  network: ['disconnect', 'destroy'],
  image: ['pull', 'tag', 'untag', 'delete', 'import', 'load'],
}

export interface HintParts {
  readonly context: DockerContext
  /** A container was started or ended: what was known of it is old. Without an id, that may be so of any. */
  readonly containerChanged: (environment: string, id?: string) => void
  readonly imagesChanged: () => void
}

/**
 * Hints of one environment from the engine's stream of events. The first one comes at once: of what happened before nobody told.
 * Ends with the signal; throws when the stream ends before.
 */
export async function* readHints(parts: HintParts, owner: Owner, signal: AbortSignal): AsyncGenerator<Hint> {
  const { context } = parts
  // No label is asked for: events of networks and images carry none.
  const filters = { type: Object.keys(EVENTS) as (keyof typeof EVENTS)[], event: [...new Set(Object.values(EVENTS).flat())] }
  const stream = (await context.docker.getEvents({ filters, abortSignal: signal })) as Readable
  const stop = (): void => void stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    parts.containerChanged(owner.environment)
    yield {}
    for await (const event of readEvents(stream)) {
      const hint = hintOf(parts, owner, event)
      if (hint !== undefined) yield hint
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
  if (!signal.aborted) throw faults.away('its stream of events ended')
}

/** Undefined for what happened to others. */
function hintOf(parts: HintParts, owner: Owner, { type, id, attributes }: EngineEvent): Hint | undefined {
  const { place } = parts.context
  switch (type) {
    case 'image':
      parts.imagesChanged()
      return {}
    case 'network':
      return attributes.name === names.network(place, owner.environment) ? {} : undefined
    case 'container': {
      if (attributes[LABELS.home] !== place.home || attributes[LABELS.environment] !== owner.environment) return undefined
      parts.containerChanged(owner.environment, id)
      const replica = attributes[LABELS.replica] as Hint['replica']
      return replica === undefined ? {} : { replica }
    }
    default:
      return undefined
  }
}
