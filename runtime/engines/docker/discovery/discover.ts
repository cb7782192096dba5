import { codeOf, messageOf } from '../../../process-identity/system-error.ts'
import { dockerContext } from './docker-context.ts'
import { dockerHost, placeOf } from './docker-host.ts'
import type { EngineEndpoint } from './endpoint.ts'
import type { Machine } from './machine.ts'
import { socketStrategies, windowsPipe } from './sockets.ts'
import type { Strategy } from './strategy.ts'

/** One line of what discovery did, for people. */
export interface Attempt {
  readonly strategy: string
  readonly outcome: string
}

export interface Discovery {
  /** The first engine that answered. */
  readonly endpoint?: EngineEndpoint
  /** In the order in which it was looked; ends with the one that answered, or with one that allows no other. */
  readonly tried: readonly Attempt[]
}

/** In the order of the docker command line, then where products put their sockets. */
const STRATEGIES: readonly Strategy[] = [dockerHost, dockerContext, ...socketStrategies, windowsPipe]

/** Looks for a container engine. Rejects only when the signal aborts. */
export async function discoverEngine(machine: Machine, signal: AbortSignal): Promise<Discovery> {
  return tryEach(STRATEGIES, machine, signal)
}

/** Only the engine at an address that somebody named outside the environment. */
export async function findNamedEngine(machine: Machine, url: string, signal: AbortSignal): Promise<Discovery> {
  return tryEach([{ name: 'named endpoint', find: async () => placeOf(url, undefined) }], machine, signal)
}

/** Only the engine that was found before. */
export async function findKnownEngine(machine: Machine, { strategy, ...place }: EngineEndpoint, signal: AbortSignal): Promise<Discovery> {
  return tryEach([{ name: strategy, find: async () => ({ found: 'places', places: [place], only: true }) }], machine, signal)
}

async function tryEach(strategies: readonly Strategy[], machine: Machine, signal: AbortSignal): Promise<Discovery> {
  const tried: Attempt[] = []
  for (const strategy of strategies) {
    const finding = await strategy.find(machine)
    const tell = (outcome: string): void => void tried.push({ strategy: strategy.name, outcome })
    if (finding.found === 'nothing') {
      tell(finding.why)
      continue
    }
    if (finding.found === 'mistake') {
      tell(`${finding.why}; others are not tried`)
      return { tried }
    }
    for (const place of finding.places) {
      const endpoint = { ...place, strategy: strategy.name }
      try {
        await machine.ping(endpoint, signal)
        tell(`${place.url} answers`)
        return { endpoint, tried }
      } catch (error) {
        signal.throwIfAborted()
        tell(`${place.url}: ${explain(error)}${finding.only ? '; others are not tried' : ''}`)
      }
    }
    if (finding.only) return { tried }
  }
  return { tried }
}

/** Why no engine was found, in a sentence: places where nothing is are not worth a word. */
export function whyNone(tried: readonly Attempt[]): string {
  const said = tried.filter(({ outcome }) => !DULL.test(outcome)).map(({ strategy, outcome }) => `${strategy}: ${outcome}`)
  return said.length === 0 ? 'none was found' : said.join('; ')
}

const DULL = /not there(?!; others)|^not set$|^none is chosen$|^not Windows$|^Windows has|^no place/

/** Why an address did not answer, in a few words. */
function explain(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'not there'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied (on Linux, members of the group docker may use it)'
    case 'ECONNREFUSED':
      return /^ssh /.test(messageOf(error)) ? messageOf(error) : 'nobody listens'
    default:
      return messageOf(error)
  }
}
