/** A number as people read it: at most three decimals. */
export function figure(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}

export function seconds(durationMs: number): string {
  return `${figure(durationMs / 1000)} s`
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
