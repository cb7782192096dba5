import type { Options } from '../options.ts'
import { refuseUsage } from '../refusal-error.ts'

const LONGEST_SECONDS = 366 * 86_400

/** What a call of `simulate` asks for; what it leaves out is chosen once the load is known. */
export interface SimulationSettings {
  /** Path of the load file as given. */
  readonly load: string
  readonly seconds: number | undefined
  readonly seed: number | undefined
  /** Seconds. */
  readonly startDelay: number | undefined
}

/** Reads the options; `secondsOf` reads a duration. */
export function readSimulationSettings(options: Options, secondsOf: (text: string) => number | undefined): SimulationSettings {
  const load = options.text('load')
  if (load === undefined)
    throw refuseUsage('--load is missing: it names the file that says what load comes', 'minipaas simulate --load load.yaml')
  const duration = (name: string, flag: string): number | undefined => {
    const text = options.text(name)
    const seconds = text === undefined ? undefined : secondsOf(text)
    if (text !== undefined && seconds === undefined)
      throw refuseUsage(`${flag}: "${text}" is not a duration`, 'Write 250ms, 3s, 10m, 24h or 7d.')
    return seconds
  }
  const seconds = duration('for', '--for')
  if (seconds !== undefined && (seconds <= 0 || seconds > LONGEST_SECONDS))
    throw refuseUsage('--for: the run must be longer than 0 and no longer than 366d')
  return { load, seconds, seed: options.whole('seed', '--seed'), startDelay: duration('startDelay', '--start-delay') }
}
