import type { ShapeSpan } from './load-types.ts'
import type { RatePiece } from './rate-curve.ts'

/** Pieces in which a curve is followed for each of its periods. */
const PIECES_PER_PERIOD = 288

export function constantShape(rate: number, window: { readonly from: number; readonly until?: number }) {
  return ({ seconds }: ShapeSpan): readonly RatePiece[] => [
    { startSeconds: window.from, endSeconds: Math.min(window.until ?? seconds, seconds), from: rate, to: rate },
  ]
}

/** From one rate to another, which then stays. */
export function rampShape(ramp: { readonly from: number; readonly to: number; readonly at: number; readonly lasts: number }) {
  return ({ seconds }: ShapeSpan): readonly RatePiece[] => {
    const end = ramp.at + ramp.lasts
    return [
      { startSeconds: 0, endSeconds: ramp.at, from: ramp.from, to: ramp.from },
      { startSeconds: ramp.at, endSeconds: end, from: ramp.from, to: ramp.to },
      { startSeconds: end, endSeconds: Math.max(end, seconds), from: ramp.to, to: ramp.to },
    ]
  }
}

/** Nothing but for a while, once or again and again. */
export function spikeShape(spike: { readonly rate: number; readonly at: number; readonly lasts: number; readonly every?: number }) {
  return ({ seconds }: ShapeSpan): readonly RatePiece[] => {
    const { rate, at, lasts, every } = spike
    const pieces: RatePiece[] = []
    for (let start = at; start < seconds; start += every ?? Number.POSITIVE_INFINITY)
      pieces.push({ startSeconds: start, endSeconds: start + lasts, from: rate, to: rate })
    return pieces
  }
}

/**
 * A wave between two rates, highest at `peak` seconds after the beginning of each period; periods of a day begin at midnight (UTC). Followed in 288 straight
 * pieces a period.
 */
export function diurnalShape(wave: { readonly low: number; readonly high: number; readonly peak: number; readonly period: number }) {
  return ({ startMs, seconds }: ShapeSpan): readonly RatePiece[] => {
    const { low, high, peak, period } = wave
    const phase = (startMs / 1000) % period
    const step = period / PIECES_PER_PERIOD
    const rateAt = (at: number): number => low + ((high - low) * (1 + Math.cos((2 * Math.PI * (phase + at - peak)) / period))) / 2
    const pieces: RatePiece[] = []
    for (let index = 0; index * step < seconds; index++) {
      const [start, end] = [index * step, (index + 1) * step]
      pieces.push({ startSeconds: start, endSeconds: end, from: rateAt(start), to: rateAt(end) })
    }
    return pieces
  }
}

/** Rates that stay until the next one. */
export function stepsShape(steps: readonly { readonly at: number; readonly rate: number }[]) {
  return ({ seconds }: ShapeSpan): readonly RatePiece[] =>
    steps.map(({ at, rate }, index) => ({
      startSeconds: at,
      endSeconds: steps[index + 1]?.at ?? Math.max(at, seconds),
      from: rate,
      to: rate,
    }))
}

/** Numbers of events counted over stretches of time. */
export function traceShape(rows: readonly TraceRow[]) {
  return (): readonly RatePiece[] =>
    rows
      .filter(({ count }) => count > 0)
      .map(({ at, lasts, count }) => ({ startSeconds: at, endSeconds: at + lasts, from: count / lasts, to: count / lasts }))
}

/** Events counted from `at` for `lasts` seconds. */
export interface TraceRow {
  readonly at: number
  readonly lasts: number
  readonly count: number
}

/** A rate for a while at each time of a schedule. */
export function cronShape(cron: { readonly rate: number; readonly lasts: number; readonly times: CronTimes }) {
  return ({ startMs, seconds }: ShapeSpan): readonly RatePiece[] => {
    const pieces: RatePiece[] = []
    for (const time of cron.times(startMs - cron.lasts * 1000, startMs + seconds * 1000)) {
      const start = Math.max((time - startMs) / 1000, pieces.at(-1)?.endSeconds ?? 0, 0)
      const end = (time - startMs) / 1000 + cron.lasts
      if (end > start) pieces.push({ startSeconds: start, endSeconds: end, from: cron.rate, to: cron.rate })
    }
    return pieces
  }
}

/** Times of a schedule after one instant until another, in milliseconds since the epoch. */
export type CronTimes = (fromMs: number, untilMs: number) => readonly number[]
