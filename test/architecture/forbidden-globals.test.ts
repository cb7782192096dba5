import { describe, expect, test } from '@jest/globals'
import { checkAllGlobals, checkGlobals } from './rules/lint-rules.ts'
import { printViolations, readSourceFiles, repositoryRoot, ruledFolders } from './rules/source-file.ts'

const refused: [string, string, RegExp][] = [
  ['src/plan/a.ts', 'export const a = Date.now()', /Clock/],
  ['src/plan/a.ts', 'export const a = new Date(0)', /Clock/],
  ['src/plan/a.ts', 'export const a = globalThis.performance.now()', /Clock/],
  ['src/plan/a.ts', 'export const a = Math.random()', /seeded/],
  ['runtime/api/a.ts', 'setTimeout(() => {}, 1)', /clock\.sleep/],
  ['runtime/api/a.ts', 'globalThis.setTimeout(() => {}, 1)', /clock\.sleep/],
  ['runtime/api/a.ts', 'setImmediate(() => {})', /clock\.sleep/],
  ['runtime/edge/a.ts', 'setInterval(() => {}, 1)', /clock\.sleep/],
  ['runtime/edge/a.ts', "import { setTimeout as wait } from 'node:timers/promises'\nawait wait(1)", /clock\.sleep/],
  ['runtime/engines/process/a.ts', 'export const a = AbortSignal.timeout(1)', /clock\.sleep/],
  ['runtime/engines/process/a.ts', 'export const a = process.hrtime.bigint()', /Clock/],
  ['runtime/api/system-clock.ts', 'export const a = Date.now()', /Clock/],
  ['sidecars/dapr/a.ts', 'export const a = Date.now()', /Clock/],
  ['test/unit/a.test.ts', 'setTimeout(() => {}, 1)', /virtual clock/],
  ['test/bench/a.bench.ts', 'setTimeout(() => {}, 1)', /virtual clock/],
  ['src/kernel/virtual-clock.ts', 'export const a = Date.now()', /Clock/],
  ['src/cli/a.ts', 'export const a = Math.random()', /seeded/],
]

const accepted: [string, string][] = [
  ['runtime/time/system-clock.ts', 'export const a = Date.now()\nsetTimeout(() => {}, 1)'],
  ['runtime/edge/system-clock.ts', 'export const a = Date.now()\nsetTimeout(() => {}, 1)'],
  ['runtime/guard/system-clock.ts', 'export const a = performance.now()'],
  ['src/cli/a.ts', 'setTimeout(() => {}, 1)'],
  ['src/kernel/virtual-clock.ts', 'setImmediate(() => {})'],
  ['test/bench/a.bench.ts', 'export const a = performance.now()'],
  ['src/plan/a.ts', 'export function a(clock: { now(): number }) { return Math.max(clock.now(), 1) }'],
]

describe('time and chance come from outside', () => {
  test.each(refused)('in %s refuses %j', async (path, text, message) => {
    expect(printViolations(await checkGlobals({ path, text }))).toMatch(message)
  })

  test.each(accepted)('in %s accepts %j', async (path, text) => {
    expect(printViolations(await checkGlobals({ path, text }))).toBe('')
  })

  test('a comment cannot switch the rule off', async () => {
    const text = `// ${['eslint', 'disable'].join('-')}\nexport const a = Date.now()`
    expect(printViolations(await checkGlobals({ path: 'src/plan/a.ts', text }))).toMatch(/Clock/)
  })

  test('holds in the repository', async () => {
    const atLeast = readSourceFiles(repositoryRoot, ruledFolders, '.ts').length
    const { violations, files } = await checkAllGlobals()
    expect(files).toBeGreaterThanOrEqual(Math.max(atLeast, 1))
    expect(printViolations(violations)).toBe('')
  }, 120_000)
})
