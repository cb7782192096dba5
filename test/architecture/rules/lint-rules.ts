import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ESLint } from 'eslint'
import { repositoryRoot, ruledFolders, type SourceFile, type Violation } from './source-file.ts'

// The rules of eslint.config.js that need no type information, and so can judge a text that is in no project.
const globalRules = ['no-restricted-globals', 'no-restricted-properties', 'no-restricted-imports']

const linter = new ESLint({
  cwd: repositoryRoot,
  overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, project: null } } },
  ruleFilter: ({ ruleId }) => globalRules.includes(ruleId),
})

/** Checks that a text would read no clock, set no timer and roll no dice of its own, were it the file at that path. */
export async function checkGlobals(file: SourceFile): Promise<Violation[]> {
  const results = await linter.lintText(file.text, { filePath: join(repositoryRoot, file.path) })
  if (results.length === 0) throw new Error(`${file.path} is ignored by eslint.config.js`)
  return results.flatMap(violationsOf)
}

/** The same for every file of the repository, and how many files that were. */
export async function checkAllGlobals(): Promise<{ violations: Violation[]; files: number }> {
  const folders = ruledFolders.filter((folder) => existsSync(join(repositoryRoot, folder)))
  const results = await linter.lintFiles(folders.map((folder) => `${folder}/**/*.ts`))
  return { violations: results.flatMap(violationsOf), files: results.length }
}

function violationsOf(result: ESLint.LintResult): Violation[] {
  const path = relative(repositoryRoot, result.filePath)
  return result.messages.map(({ line, message }) => ({ path: `${path}:${line}`, message }))
}
