import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { COMMANDS } from '../../src/cli/catalogue/commands.ts'
import { EXIT_CODES } from '../../src/wire/answers.ts'
import { repositoryRoot } from '../architecture/rules/source-file.ts'

const page = readFileSync(join(repositoryRoot, 'src', 'cli', 'README.md'), 'utf8')

test('the documentation has each exit code and no other', () => {
  const documented = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)])
  expect(Object.fromEntries(documented)).toEqual(EXIT_CODES)
})

test('the documentation names each command', () => {
  const table = page.slice(page.indexOf('| Command | Does |'), page.indexOf('| Flag of every command'))
  expect(COMMANDS.filter(({ name }) => !new RegExp(`\`${name}[ \`]`).test(table)).map(({ name }) => name)).toEqual([])
})
