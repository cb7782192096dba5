/** The largest wish of each recent slot, newest last; only wishes that a later one does not reach are kept. */
export type KpaDelayWindow = readonly { readonly slot: number; readonly wanted: number }[]

export interface RecordKpaWishInput {
  readonly window: KpaDelayWindow
  readonly nowMs: number
  readonly wanted: number
  /** `scale-down-delay` in milliseconds, above 0. */
  readonly delayMs: number
}

export interface RecordKpaWishResult {
  readonly window: KpaDelayWindow
  /** The largest wish inside the delay. */
  readonly largest: number
}

const slotMs = 2000

/**
 * Remembers a wish for as long as the delay, in slots of 2 s, and tells the largest one.
 *
 * Source: knative: pkg/autoscaler/aggregation/max/window.go and timewindow.go.
 */
export function recordKpaWish({ window, nowMs, wanted, delayMs }: RecordKpaWishInput): RecordKpaWishResult {
  const slots = Math.ceil(delayMs / slotMs)
  const slot = Math.floor(Math.floor(nowMs / 1000) / (slotMs / 1000))
  const kept = window.filter((wish) => wish.wanted > wanted && slot - wish.slot < slots)
  const last = kept.at(-1)
  const next = last?.slot === slot ? kept : [...kept, { slot, wanted }]
  return { window: next, largest: next[0]?.wanted ?? wanted }
}
