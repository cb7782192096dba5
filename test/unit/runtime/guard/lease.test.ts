import { expect, test } from '@jest/globals'
import { DEFAULT_LEASE_MS, decide, leaseFrom } from '../../../../runtime/guard/lease.ts'
import { instant } from '../../../../src/kernel/instant.ts'

const lastSeen = instant(1_000)

test.each([
  ['alive', 'some', 1e12, 'watch'],
  ['alive', 'none', 1e12, 'watch'],
  ['away', 'none', 1_000, 'leave'],
  ['away', 'some', 1_000 + 59_999, 'watch'],
  ['away', 'some', 1_000 + 60_000, 'end-everything'],
] as const)('a daemon that is %s, %s thing to guard, at %i: %s', (daemon, things, now, decision) => {
  expect(decide({ daemon, lastSeen }, things, { now: instant(now), leaseMs: 60_000 })).toBe(decision)
})

test.each([
  [undefined, DEFAULT_LEASE_MS],
  ['3', 3_000],
  ['0.5', 500],
  ['0', DEFAULT_LEASE_MS],
  ['-1', DEFAULT_LEASE_MS],
  ['soon', DEFAULT_LEASE_MS],
])('a lease of %s is %i ms', (text, ms) => {
  expect(leaseFrom(text)).toBe(ms)
})
