import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkImports } from './rules/import-rules.ts'
import { printViolations, repositoryRoot } from './rules/source-file.ts'

type Files = Record<string, string>

/** Writes a small house, checks it, and returns the violated rules as `file: rule`. */
async function violationsOf(files: Files): Promise<string[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'minipaas-matrix-')))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ type: 'module', dependencies: { express: '*', ws: '*' }, devDependencies: { jest: '*' } }),
    )
    symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'), 'junction')
    const { violations } = await checkImports(root)
    return violations.map(({ path, message }) => `${path}: ${message.split(':')[0]}`).sort()
  } finally {
    rmSync(root, { recursive: true })
  }
}

const leaf = 'export const a = 1\nexport interface A { a: 1 }\n'
const use = (specifier: string): string => `import { a } from '${specifier}'\nexport const b = a\n`
const useType = (specifier: string): string => `import type { A } from '${specifier}'\nexport type B = A\n`

const refused: [string, Files, string[]][] = [
  ['a lower folder a higher one', { 'src/model/x.ts': use('../plan/y.ts'), 'src/plan/y.ts': leaf }, ['src/model/x.ts: src-model']],
  ['the same by type only', { 'src/kernel/x.ts': useType('../model/y.ts'), 'src/model/y.ts': leaf }, ['src/kernel/x.ts: src-kernel']],
  ['one pure sibling another', { 'src/plan/x.ts': use('../scaling/y.ts'), 'src/scaling/y.ts': leaf }, ['src/plan/x.ts: src-plan']],
  ['src the runtime', { 'src/cli/x.ts': use('../../runtime/api/y.ts'), 'runtime/api/y.ts': leaf }, ['src/cli/x.ts: src-cli']],
  [
    'src a sidecar',
    { 'src/control/x.ts': useType('../../sidecars/dapr/y.ts'), 'sidecars/dapr/y.ts': leaf },
    ['src/control/x.ts: src-control'],
  ],
  [
    'a sidecar the runtime',
    { 'sidecars/dapr/x.ts': use('../../runtime/api/y.ts'), 'runtime/api/y.ts': leaf },
    ['sidecars/dapr/x.ts: sidecars'],
  ],
  [
    'the runtime a dialect',
    { 'runtime/api/x.ts': use('../../src/dialects/y.ts'), 'src/dialects/y.ts': leaf },
    ['runtime/api/x.ts: runtime'],
  ],
  [
    'one part of the runtime another',
    { 'runtime/api/x.ts': use('../state/y.ts'), 'runtime/state/y.ts': leaf },
    ['runtime/api/x.ts: runtime-apart'],
  ],
  [
    'the daemon a program',
    { 'runtime/daemon/x.ts': use('../edge/y.ts'), 'runtime/edge/y.ts': leaf },
    ['runtime/daemon/x.ts: runtime-programs-apart'],
  ],
  [
    'one engine another',
    { 'runtime/engines/docker/x.ts': use('../process/y.ts'), 'runtime/engines/process/y.ts': leaf },
    ['runtime/engines/docker/x.ts: engines-apart'],
  ],
  [
    'a part its composition root',
    { 'runtime/daemon/x.ts': use('../main.ts'), 'runtime/main.ts': leaf },
    ['runtime/daemon/x.ts: runtime-roots-on-top'],
  ],
  ['a pure folder Node', { 'src/plan/x.ts': "import { join } from 'node:path'\nexport const b = join\n" }, ['src/plan/x.ts: src-no-node']],
  [
    'a pure folder Node by type',
    { 'src/model/x.ts': "import type { Server } from 'node:http'\nexport type B = Server\n" },
    ['src/model/x.ts: src-no-node'],
  ],
  [
    'the hash more than crypto',
    { 'src/kernel/hash.ts': "import { readFileSync } from 'node:fs'\nexport const b = readFileSync\n" },
    ['src/kernel/hash.ts: hash-only-crypto'],
  ],
  [
    'a package outside its home',
    { 'runtime/state/x.ts': "import express from 'express'\nexport const b = express\n" },
    ['runtime/state/x.ts: home-of-express'],
  ],
  [
    'a development package',
    { 'runtime/state/x.ts': "import { a } from 'jest'\nexport const b = a\n" },
    ['runtime/state/x.ts: no-dev-packages'],
  ],
  [
    'a test',
    { 'src/plan/x.ts': use('../../test/kit/y.ts'), 'test/kit/y.ts': leaf },
    ['src/plan/x.ts: nothing-imports-test', 'src/plan/x.ts: src-plan'],
  ],
  ['what is not there', { 'src/plan/x.ts': use('./gone.ts') }, ['src/plan/x.ts: resolvable']],
  [
    'a folder that the matrix does not know',
    { 'src/misc/x.ts': use('../kernel/y.ts'), 'src/kernel/y.ts': leaf },
    ['src/misc/x.ts: src-unknown-folder'],
  ],
]

const accepted: [string, Files][] = [
  [
    'dialects in the command line and in control',
    { 'src/cli/x.ts': use('../dialects/y.ts'), 'src/control/x.ts': use('../dialects/y.ts'), 'src/dialects/y.ts': leaf },
  ],
  [
    'anything in a composition root',
    {
      'runtime/main.ts': use('../src/simulate/y.ts'),
      'runtime/cli.ts': use('../src/dialects/z.ts'),
      'src/simulate/y.ts': leaf,
      'src/dialects/z.ts': leaf,
    },
  ],
  ['wiring in the daemon folder', { 'runtime/daemon/x.ts': use('../state/y.ts'), 'runtime/state/y.ts': leaf }],
  ['what engines share', { 'runtime/engines/process/x.ts': use('../shared/y.ts'), 'runtime/engines/shared/y.ts': leaf }],
  ['crypto for the hash', { 'src/kernel/hash.ts': "import { createHash } from 'node:crypto'\nexport const b = createHash\n" }],
  ['a package at home', { 'runtime/api/x.ts': "import express from 'express'\nexport const b = express\n" }],
  ['everything in a test', { 'test/unit/x.ts': use('../../runtime/api/y.ts'), 'runtime/api/y.ts': leaf }],
]

describe('the matrix', () => {
  test.each(refused)('refuses that %s imports', async (_name, files, expected) => {
    expect(await violationsOf(files)).toEqual(expected)
  })

  test.each(accepted)('accepts %s', async (_name, files) => {
    expect(await violationsOf(files)).toEqual([])
  })

  test.each([
    ['value', use],
    ['type', useType],
  ])('refuses a cycle by %s', async (_kind, importing) => {
    const files = {
      'src/plan/x.ts': `${importing('./y.ts')}export interface A { a: 1 }\nexport const a = 1\n`,
      'src/plan/y.ts': `${importing('./x.ts')}export interface A { a: 1 }\nexport const a = 1\n`,
    }
    expect([...new Set((await violationsOf(files)).map((line) => line.split(': ')[1]))]).toEqual(['no-cycles'])
  })
})

test('the repository keeps to the matrix', async () => {
  const { violations, modules } = await checkImports(repositoryRoot)
  expect(modules).toBeGreaterThan(10)
  expect(printViolations(violations)).toBe('')
}, 120_000)
