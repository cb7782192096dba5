/** A figure as people read it in a trail: at most three decimals, no exponent for everyday sizes. */
export function plainNumber(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 1000) / 1000) : String(value)
}

/** `1 job`, `2 jobs`. */
export function counted(count: number, noun: string): string {
  return `${plainNumber(count)} ${noun}${count === 1 ? '' : 's'}`
}
