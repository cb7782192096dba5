import { expect, test } from '@jest/globals'
import { LIFE_CYCLE_ROWS, type LifeCycleRow, runRow } from '../kit/life-cycle/rows.ts'
import { type Result, runBounded } from '../kit/run-bounded.ts'

/** `MINIPAAS_SOAK_ROUNDS` for fewer or more. */
const ROUNDS = Number(process.env['MINIPAAS_SOAK_ROUNDS'] ?? 10)
const AT_ONCE = 3

/** Rows whose name contains `MINIPAAS_SOAK_ROWS`; all without it. */
function wanted(): readonly LifeCycleRow[] {
  const part = process.env['MINIPAAS_SOAK_ROWS'] ?? ''
  return LIFE_CYCLE_ROWS.filter(({ name }) => name.includes(part))
}

function table(results: readonly Result<LifeCycleRow>[]): string {
  const lines = wanted().map(({ name }) => {
    const own = results.filter(({ item }) => item.name === name)
    const failed = own.filter(({ error }) => error !== undefined).length
    const seconds = own.map(({ tookMs }) => tookMs / 1000)
    const held = `${own.length - failed} of ${own.length}`
    return `${held.padStart(8)}  ${Math.min(...seconds).toFixed(1)}-${Math.max(...seconds).toFixed(1)} s`.padEnd(26) + name
  })
  return lines.join('\n')
}

test('each row of the life-cycle table holds ten times', async () => {
  const items = Array.from({ length: ROUNDS }, wanted).flat()
  const results = await runBounded(items, AT_ONCE, runRow)
  process.stdout.write(`${table(results)}\n`)
  const failures = results.flatMap(({ item, error }) => (error === undefined ? [] : [`${item.name}\n${error}`]))
  expect(failures.join('\n\n')).toBe('')
})
