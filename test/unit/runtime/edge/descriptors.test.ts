import { expect, test } from '@jest/globals'
import { clientLimit, softLimit } from '../../../../runtime/edge/descriptors.ts'

test('the soft limit of open files is read as Linux writes it', () => {
  const limits = (soft: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft}                20000                files     \n`
  expect(softLimit(limits('1024'))).toBe(1024)
  expect(softLimit(limits('unlimited'))).toBeUndefined()
  expect(softLimit('')).toBeUndefined()
})

test('clients get a part of what this process may open, and never none', () => {
  expect(clientLimit()).toBeGreaterThanOrEqual(16)
  expect(clientLimit()).toBeLessThanOrEqual(20_000)
})
