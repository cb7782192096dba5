import { expect, test } from '@jest/globals'
import { LIFE_CYCLE_ROWS, runRow } from '../kit/life-cycle/rows.ts'
import { runBounded } from '../kit/run-bounded.ts'

/** Rows mostly wait for graces and looks, so a few of them fit on one machine at a time. */
const AT_ONCE = 3

test('every row of the life-cycle table holds', async () => {
  const results = await runBounded(LIFE_CYCLE_ROWS, AT_ONCE, runRow)
  const failures = results.flatMap(({ item, error }) => (error === undefined ? [] : [`${item.name}\n${error}`]))
  expect(failures.join('\n\n')).toBe('')
}, 300_000)
