import { constants } from 'node:os'
import { refuseUsage } from './refusal-error.ts'

/** Signals beyond the usual ones that a Linux container knows. Source: signal(7), real-time signals. */
const REAL_TIME = /^SIGRT(MIN(\+\d{1,2})?|MAX(-\d{1,2})?)$/

/** `HUP`, `sighup`, `SIGHUP` and `1` are the same. */
export function parseSignal(text: string): string {
  const names = Object.entries(constants.signals)
  const numbered = names.find(([, number]) => String(number) === text)?.[0]
  const upper = text.toUpperCase()
  const name = numbered ?? (upper.startsWith('SIG') ? upper : `SIG${upper}`)
  if (names.some(([known]) => known === name) || REAL_TIME.test(name)) return name
  throw refuseUsage(`--signal: there is no signal "${text}"`, 'For example HUP, TERM, KILL or USR1.')
}
