import { expect, test } from '@jest/globals'
import { expandVariables } from '../../../../runtime/engines/shared/expand-variables.ts'

const variables = new Map([
  ['PORT', '41000'],
  ['my.name', 'dotted'],
  ['NESTED', '$(PORT)'],
])

test.each([
  ['--port=$(PORT)', '--port=41000'],
  ['$(PORT)$(PORT)', '4100041000'],
  ['$$(PORT)', '$(PORT)'],
  ['$$$(PORT)', '$41000'],
  ['$(UNKNOWN)', '$(UNKNOWN)'],
  ['$PORT $PORT} $(', '$PORT $PORT} $('],
  ['$(my.name)', 'dotted'],
  ['$(NESTED)', '$(PORT)'],
  ['$(date +%s)', '$(date +%s)'],
])('%s becomes %s', (text, expected) => {
  expect(expandVariables(text, variables)).toBe(expected)
})
