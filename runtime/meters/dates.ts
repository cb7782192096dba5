import { formatInstant, type Instant } from '../../src/kernel/instant.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). */
export function httpDate(time: Instant): string {
  const [year, month, rest = ''] = formatInstant(time).split('-')
  // The first day of the epoch was a Thursday.
  const day = DAYS[(Math.floor(time / 86_400_000) + 4) % 7]
  return `${day}, ${rest.slice(0, 2)} ${MONTHS[Number(month) - 1]} ${year} ${rest.slice(3, 11)} GMT`
}

/** `19941106T084937Z`. */
export function compactDate(time: Instant): string {
  return formatInstant(time).replaceAll(/[-:]|\.\d+/g, '')
}
