import { parseGoDuration } from '../../kernel/duration.ts'
import { LOAD_LIMITS, type LoadPiece, type LoadRequest, type LoadStream } from '../../wire/load.ts'
import type { Invocation } from '../invocation.ts'
import type { Io } from '../io.ts'
import type { Options } from '../options.ts'
import { refuseUsage } from '../refusal-error.ts'
import { type ProfileWish, readLoadProfile } from './load-profile.ts'
import { parseRateSteps } from './rate-steps.ts'

const DEFAULT_SECONDS = 30

/** What a call of `load` asks for; `components` are the names of those that there are. */
export async function readLoadRequest(invocation: Invocation, io: Io, components: readonly string[]): Promise<LoadRequest> {
  const { operands, options } = invocation
  const [target = ''] = operands
  const port = options.whole('port', '--port')
  const seed = options.whole('seed', '--seed')
  const concurrency = options.whole('concurrencyLimit', '--concurrency-limit')
  const timeoutMs = duration(options, 'timeout')
  const method = options.text('method')
  const path = options.text('path')
  if (path !== undefined && !path.startsWith('/')) throw refuseUsage(`--path: "${path}" does not begin with "/"`)
  if (concurrency !== undefined && (concurrency < 1 || concurrency > LOAD_LIMITS.inFlight))
    throw refuseUsage(`--concurrency-limit: must be from 1 to ${LOAD_LIMITS.inFlight}`)
  if (timeoutMs !== undefined && timeoutMs > LOAD_LIMITS.timeoutMs) throw refuseUsage('--timeout: must be at most 10m')
  const to = targetOf(target, port)
  return {
    target: to,
    streams: [...(await readStreams(invocation, io, { component: 'component' in to ? to.component : undefined, components }))],
    headers: options.texts('header').map(headerOf),
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(path === undefined ? {} : { path }),
    ...(seed === undefined ? {} : { seed }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}

function targetOf(text: string, port: number | undefined): LoadRequest['target'] {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (/[:/]/.test(text)) throw refuseUsage(`load: "${text}" is neither a component nor a URL`, 'A URL begins with http:// or https://.')
    return { component: text, ...(port === undefined ? {} : { port }) }
  }
  if (port !== undefined) throw refuseUsage('--port is a port of a component; a URL has its own')
  return { url: text }
}

async function readStreams(
  { options, globals }: Invocation,
  io: Io,
  who: Pick<ProfileWish, 'component' | 'components'>,
): Promise<readonly LoadStream[]> {
  const file = options.text('profile')
  const arrivals = options.text('arrivals')
  if (file === undefined) return [{ arrivals: arrivals === 'poisson' ? 'poisson' : 'constant', pieces: [...readPieces(options)] }]
  if ([options.text('rps'), options.text('steps'), arrivals].some((other) => other !== undefined))
    throw refuseUsage('--profile says how much and how: it goes with none of --rps, --steps and --arrivals')
  const ms = duration(options, 'for')
  const streams = await readLoadProfile({ ...who, file, seconds: ms === undefined ? undefined : ms / 1000 }, { globals, io })
  for (const { pieces } of streams) checked(pieces, '--profile')
  return streams
}

function readPieces(options: Options): readonly LoadPiece[] {
  const rate = options.amount('rps', '--rps')
  const steps = options.text('steps')
  const ms = duration(options, 'for')
  if (steps !== undefined) {
    if (rate !== undefined || ms !== undefined)
      throw refuseUsage('--steps has rates and durations of its own: it goes with neither --rps nor --for')
    return checked(parseRateSteps(steps), '--steps')
  }
  if (rate === undefined)
    throw refuseUsage('load: how much is missing', 'Write --rps 50 --for 30s, --steps "10/s for 30s, 100/s for 1m" or --profile load.yaml.')
  return checked([{ startSeconds: 0, endSeconds: ms === undefined ? DEFAULT_SECONDS : ms / 1000, from: rate, to: rate }], '--for')
}

/** The daemon refuses the same; here it is said in terms of the call. */
function checked(pieces: readonly LoadPiece[], option: string): readonly LoadPiece[] {
  const { seconds, perSecond } = LOAD_LIMITS
  if ((pieces.at(-1)?.endSeconds ?? 0) > seconds) throw refuseUsage(`${option}: a load lasts at most ${seconds / 3600}h`)
  if (pieces.some(({ from, to }) => Math.max(from, to) > perSecond)) throw refuseUsage(`a load has at most ${perSecond} requests a second`)
  return pieces
}

function duration(options: Options, name: 'for' | 'timeout'): number | undefined {
  const text = options.text(name)
  if (text === undefined) return undefined
  const ms = parseGoDuration(text)
  if (ms === undefined || ms <= 0) throw refuseUsage(`--${name}: "${text}" is no duration above 0`, 'Write for example 500ms, 30s or 5m.')
  return Math.round(ms)
}

function headerOf(text: string): [string, string] {
  const match = /^([^:\s]+):\s*(.*)$/.exec(text)
  if (match === null) throw refuseUsage(`--header: "${text}" is not of the form name: value`)
  return [match[1] ?? '', match[2] ?? '']
}
