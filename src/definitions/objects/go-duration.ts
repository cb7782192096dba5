import { text } from '../schema.ts'

/** A duration of Go, longer than nothing: `1m`, `500ms`. */
export const goDuration = text({
  pattern: { regex: /^((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/, says: 'a duration such as "1m" or "500ms"' },
  examples: ['2s', '3s'],
})
