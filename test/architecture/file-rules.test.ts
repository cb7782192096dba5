import { describe, expect, test } from '@jest/globals'
import { checkComments, checkFanOut, checkName, checkNamedExports, checkSize } from './rules/file-rules.ts'
import { printViolations, readSourceFiles, repositoryRoot, ruledFolders, type SourceFile } from './rules/source-file.ts'

const files = readSourceFiles(repositoryRoot, ruledFolders, '.ts')
const lines = (count: number): string => 'x\n'.repeat(count)
const imports = (count: number): string =>
  Array.from({ length: count }, (_, index) => `import { a${index} } from './a${index}.ts'`).join('\n')
const suppression = (words: string[]): string => words.join('-')

const rules: { name: string; check: (file: SourceFile) => unknown[]; good: [string, string][]; bad: [string, string][] }[] = [
  {
    name: 'size',
    check: checkSize,
    good: [
      ['src/a.ts', lines(450)],
      ['test/unit/a.test.ts', lines(700)],
    ],
    bad: [
      ['src/a.ts', lines(451)],
      ['runtime/a.ts', `${lines(450)}no newline at the end`],
      ['test/unit/a.test.ts', lines(701)],
    ],
  },
  {
    name: 'fan-out',
    check: checkFanOut,
    good: [
      ['src/a.ts', imports(12)],
      ['runtime/main.ts', imports(40)],
      ['src/a.ts', `${imports(12)}\nimport type { b } from './a1.ts'\nconst load = () => import('./z.ts')`],
    ],
    bad: [
      ['src/a.ts', imports(13)],
      ['src/a.ts', `${imports(12)}\nimport type { b } from './b.ts'`],
      ['runtime/edge/main.ts', imports(13)],
    ],
  },
  {
    name: 'name',
    check: checkName,
    good: [
      ['src/plan/order-steps.ts', ''],
      ['test/unit/plan/order-steps.test.ts', ''],
      ['sidecars/dapr-lite/main.ts', ''],
    ],
    bad: [
      ['src/plan/orderSteps.ts', ''],
      ['src/plan/order_steps.ts', ''],
      ['src/Plan/order.ts', ''],
      ['src/plan/utils.ts', ''],
      ['src/common/order.ts', ''],
      ['runtime/engines/process-manager.ts', ''],
      ['test/kit/wait-helpers.ts', ''],
    ],
  },
  {
    name: 'named exports',
    check: checkNamedExports,
    good: [['src/a.ts', 'export const a = 1\nexport { b } from "./b.ts"\nexport * from "./c.ts"']],
    bad: [
      ['src/a.ts', 'export default 1'],
      ['src/a.ts', 'export default function a() {}'],
      ['src/a.ts', 'const a = 1\nexport { a as default }'],
    ],
  },
  {
    name: 'comments',
    check: checkComments,
    good: [
      ['src/a.ts', '// says why\nconst text = "TODO"'],
      ['src/a.ts', 'const rule = /@ts-ignore/'],
    ],
    bad: [
      ['src/a.ts', `const a = 1 // ${suppression(['biome', 'ignore'])} lint: because`],
      ['src/a.ts', `/* ${suppression(['eslint', 'disable'])} */\nconst a = 1`],
      ['src/a.ts', `function a() {\n  // @${suppression(['ts', 'ignore'])}\n  return 1\n}`],
      ['src/a.ts', `function a() {\n  return 1\n  // ${['TO', 'DO'].join('')}: more\n}`],
    ],
  },
]

describe.each(rules)('$name', ({ check, good, bad }) => {
  test.each(good)('accepts %s (case %#)', (path, text) => {
    expect(check({ path, text })).toEqual([])
  })

  test.each(bad)('refuses %s (case %#)', (path, text) => {
    expect(check({ path, text })).toHaveLength(1)
  })

  test('holds in the repository', () => {
    expect(files.length).toBeGreaterThan(0)
    expect(printViolations(files.flatMap((file) => check(file) as never[]))).toBe('')
  })
})
