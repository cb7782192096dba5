import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { repositoryRoot } from './rules/source-file.ts'

/** Runs knip in a folder: what it reports of unused files, exports and packages, empty when there is nothing. */
function findDeadCode(folder: string): string {
  const knip = join(repositoryRoot, 'node_modules', 'knip', 'bin', 'knip.js')
  const result = spawnSync(process.execPath, [knip, '--no-progress', '--reporter', 'compact'], { cwd: folder, encoding: 'utf8' })
  if (result.status !== 0 && result.status !== 1) throw new Error(`knip failed: ${result.stderr}`)
  return result.stdout.trim()
}

test('finds an orphan module, an unused export and an unused package', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'minipaas-dead-')))
  try {
    const files = {
      'package.json': JSON.stringify({
        name: 'x',
        type: 'module',
        dependencies: { left: '1.0.0' },
        knip: { entry: ['main.ts'], project: ['**/*.ts'] },
      }),
      'main.ts': "import { used } from './src/part.ts'\nconsole.log(used)\n",
      'src/part.ts': 'export const used = 1\nexport const unusedExport = 2\n',
      'src/orphan.ts': 'export const alone = 1\n',
    }
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const report = findDeadCode(root)
    expect(report).toContain('src/orphan.ts')
    expect(report).toContain('unusedExport')
    expect(report).toContain('left')
  } finally {
    rmSync(root, { recursive: true })
  }
}, 60_000)

test('the repository has none', () => {
  expect(findDeadCode(repositoryRoot)).toBe('')
}, 120_000)
