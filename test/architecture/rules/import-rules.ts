import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import { repositoryRoot, ruledFolders, type Violation } from './source-file.ts'

/** Checks the import matrix of `.dependency-cruiser.mjs` on the source folders below a root. */
export async function checkImports(root: string): Promise<{ violations: Violation[]; modules: number }> {
  const options = await extractDepcruiseOptions(join(repositoryRoot, '.dependency-cruiser.mjs'))
  const folders = ruledFolders.filter((folder) => existsSync(join(root, folder)))
  const report = await cruise([...folders], { ...options, baseDir: root, validate: true }, undefined, {
    tsConfig: extractTSConfig(join(repositoryRoot, 'tsconfig.json')),
  })
  return readReport(report.output)
}

function readReport(output: ICruiseResult | string): { violations: Violation[]; modules: number } {
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text: ${output}`)
  const comments = new Map(output.summary.ruleSetUsed?.forbidden?.map((rule) => [rule.name, rule.comment]))
  const violations = output.summary.violations.map(({ from, to, rule }) => ({
    path: from,
    message: `${rule.name}: imports ${to}. ${comments.get(rule.name) ?? ''}`.trim(),
  }))
  return { violations, modules: output.summary.totalCruised }
}
