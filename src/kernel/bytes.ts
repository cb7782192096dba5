const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A number of bytes for people, in powers of 1000 as engines show them: `512 B`, `4.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}
