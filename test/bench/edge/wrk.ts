import { runBeside } from './pinned.ts'

export interface WrkResult {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface WrkOrder {
  readonly port: number
  readonly path?: string
  readonly connections: number
  readonly seconds: number
}

/** Asks over keep-alive connections as fast as answers come. Throws when any answer was an error. */
export function wrk({ port, path = '/', connections, seconds }: WrkOrder): WrkResult {
  const url = `http://127.0.0.1:${port}${path}`
  const said = runBeside(['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url])
  if (/Socket errors|Non-2xx/.test(said)) throw new Error(`${url}: ${said}`)
  return { perSecond: Number(read(said, /Requests\/sec:\s+([\d.]+)/)), p50Ms: milliseconds(said, 50), p99Ms: milliseconds(said, 99) }
}

function milliseconds(said: string, percentile: number): number {
  const text = read(said, new RegExp(`\\s${percentile}%\\s+([\\d.]+[a-z]+)`))
  const [, amount = '', unit = ''] = /^([\d.]+)([a-z]+)$/.exec(text) ?? []
  const factor = { us: 0.001, ms: 1, s: 1000 }[unit]
  if (factor === undefined) throw new Error(`not a time: ${text}`)
  return Number(amount) * factor
}

function read(said: string, pattern: RegExp): string {
  const [, found] = pattern.exec(said) ?? []
  if (found === undefined) throw new Error(`not the output of wrk: ${said}`)
  return found
}
