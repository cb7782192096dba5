import { FaultError, type FaultKind } from '../../../src/kernel/fault.ts'
import { engineFaults } from '../../../src/model/engine-faults.ts'
import { codeOf, messageOf } from '../../process-identity/system-error.ts'
import { ENGINE_TEXTS } from './engine-texts.ts'

/** The faults of the Docker engine; the codes are those of the catalogue. */
export const faults = {
  ...engineFaults,
  noPath: (container: string, path: string) =>
    new FaultError({
      kind: 'not-found',
      code: 'MP4213',
      message: `there is no ${path} in container ${container}`,
      next: 'look for it with `minipaas exec`',
      retry: 'never',
    }),
  away: (why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4201',
      message: `the container engine does not answer: ${why}`,
      next: 'start it, or run `minipaas doctor` to see where it was looked for',
      retry: 'soon',
    }),
  denied: (why: string) =>
    new FaultError({
      kind: 'denied',
      code: 'MP4202',
      message: `the container engine refuses access: ${why}`,
      next: 'allow your user to use it (on Linux, as a member of the group docker), or run `minipaas doctor`',
      retry: 'backoff',
    }),
  noSubnet: (environment: string, last: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4203',
      message: `no free range of addresses was found for the network of environment ${environment}: ${last}`,
      next: 'remove networks that nobody needs (`docker network ls`), or disconnect from a VPN that takes all private ranges',
      retry: 'backoff',
    }),
  nameTaken: (what: string, name: string) =>
    new FaultError({
      kind: 'conflict',
      code: 'MP4204',
      message: `a ${what} called ${name} exists on the engine, but minipaas did not make it`,
      next: `remove or rename it (\`docker ${what} ls\`), or use another --project-name`,
      retry: 'backoff',
    }),
  inUse: (what: string, name: string, by: readonly string[]) =>
    new FaultError({
      kind: 'in-use',
      code: 'MP4205',
      message: `${what} ${name} is still used by ${by.length === 0 ? 'a container' : by.join(', ')}`,
      next: 'remove or disconnect what uses it; it is tried again',
      retry: 'backoff',
    }),
  sandboxInUse: (component: string, ordinal: number, by: readonly string[]) =>
    new FaultError({
      kind: 'conflict',
      code: 'MP4206',
      message: `the sandbox of ${component} ${ordinal} must be replaced, but ${by.join(', ')} still runs in it`,
      retry: 'soon',
    }),
  sandboxEnded: (id: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4212',
      message: `sandbox ${id.slice(0, 12)} ended as soon as it was started, or has no address on its network`,
      next: 'see `docker inspect` of it and the log of the engine',
      retry: 'backoff',
    }),
}

/** Whether the engine's API answered with one of these statuses. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const status = statusOf(error)
  return status !== undefined && statuses.includes(status)
}

/** The engine's own words, without what the SDK puts around them. */
export function engineWords(error: unknown): string {
  const json = typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined
  if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string') return tidy(json.message)
  return tidy(messageOf(error).replace(/^\(HTTP code \d+\) [a-z ]+ - /, ''))
}

/** What the engine or the SDK threw, as a fault. `doing` completes "the engine could not ...", as in `start replica web--1.0`. */
export function toFault(error: unknown, doing: string): FaultError {
  if (error instanceof FaultError) return error
  if (isAbort(error)) return new FaultError({ kind: 'cancelled', code: 'MP9002', message: 'cancelled', retry: 'soon' }, { cause: error })
  const words = engineWords(error)
  const status = statusOf(error)
  if (status === undefined) return withoutAnswer(error, { doing, words })
  const known = ENGINE_TEXTS.find(({ text }) => text.test(words))
  const message = `the engine could not ${doing}: ${words}`
  if (known !== undefined) {
    const { kind, code, next, retry } = known
    return new FaultError({ kind, code, message, retry, ...(next === undefined ? {} : { next }) }, { cause: error })
  }
  return new FaultError({ kind: kindOf(status), code: 'MP4210', message, retry: 'backoff' }, { cause: error })
}

/** Whether the engine went away: whoever talks to it must look for it again. */
export function isAway(error: unknown): boolean {
  return error instanceof FaultError && error.fault.code === 'MP4201'
}

/** Nothing came back over the connection, or what was thrown is our own mistake. */
function withoutAnswer(error: unknown, about: { readonly doing: string; readonly words: string }): FaultError {
  const code = codeOf(error)
  if (code === 'EACCES' || code === 'EPERM') return faults.denied(about.words)
  if ((code !== undefined && CONNECTION_CODES.has(code)) || /socket hang up|premature close|^aborted$/i.test(about.words))
    return faults.away(about.words)
  const trace = typeof error === 'object' && error !== null && 'stack' in error ? String(error.stack) : about.words
  const message = `the engine could not ${about.doing}: ${trace}`
  return new FaultError({ kind: 'internal', code: 'MP9001', message, retry: 'backoff' }, { cause: error })
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
])

function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' ? status : undefined
}

function isAbort(error: unknown): boolean {
  const name = typeof error === 'object' && error !== null && 'name' in error ? error.name : undefined
  return name === 'AbortError' || codeOf(error) === 'ABORT_ERR'
}

/** For answers whose text says nothing more. Source: statuses of the Engine API. */
function kindOf(status: number): FaultKind {
  switch (status) {
    case 400:
      return 'invalid'
    case 401:
    case 403:
      return 'denied'
    case 404:
      return 'not-found'
    case 409:
      return 'conflict'
    case 503:
      return 'unavailable'
    default:
      return 'internal'
  }
}

function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
