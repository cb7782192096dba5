import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { CATALOGUE, explainCode } from '../../src/kernel/catalogue/index.ts'
import type { Code } from '../../src/kernel/diagnostic.ts'
import { readSourceFiles, repositoryRoot } from '../architecture/rules/source-file.ts'

const page = join(repositoryRoot, 'ERRORS.md')
const entries = CATALOGUE.flatMap(({ codes }) => Object.entries(codes).map(([code, entry]) => ({ code: code as Code, ...entry })))

/** Changes with each new code, so that none comes or goes unnoticed. */
const NUMBER_OF_CODES = 254

/** The documentation page, as it follows from the catalogue. */
function renderPage(): string {
  const intro = [
    '# Error codes',
    '',
    'Every message of minipaas carries a code. Errors stop what was asked for, warnings and notes do not.',
    '',
  ]
  const ranges = CATALOGUE.flatMap(({ title, codes }) => [
    `## ${title}`,
    '',
    ...Object.entries(codes).flatMap(([code, entry]) => [`### ${code}: ${entry.title}`, '', entry.explanation, '']),
  ])
  return [...intro, ...ranges].join('\n')
}

const usedIn = readSourceFiles(repositoryRoot, ['src', 'sidecars', 'runtime'], '.ts')
  .filter(({ path }) => !path.startsWith('src/kernel/catalogue/'))
  .flatMap(({ path, text }) =>
    [...text.matchAll(/['"`](MP\d{4})['"`]|^\s*(MP\d{4}):/gm)].map((match) => ({ path, code: (match[1] ?? match[2]) as Code })),
  )

describe('error catalogue', () => {
  test('has an entry for each code that is used', () => {
    expect(usedIn.length).toBeGreaterThan(100)
    expect(usedIn.filter(({ code }) => explainCode(code) === undefined)).toEqual([])
  })

  test('has no entry that nothing uses', () => {
    const used = new Set(usedIn.map(({ code }) => code))
    expect(entries.filter(({ code }) => !used.has(code)).map(({ code }) => code)).toEqual([])
  })

  test('has each code once, in its range', () => {
    const codes = entries.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { title, codes: range } of CATALOGUE) for (const code of Object.keys(range)) expect(code.slice(2, 3)).toBe(title.slice(0, 1))
  })

  test('explains each code in sentences', () => {
    expect(entries.filter(({ title }) => !/^[a-zA-Z`].*[^.]$/.test(title))).toEqual([])
    expect(entries.filter(({ explanation }) => !/[.!]$/.test(explanation) || explanation.length < 30)).toEqual([])
  })

  test('has the expected number of codes', () => {
    expect(entries).toHaveLength(NUMBER_OF_CODES)
  })

  test('is documented in ERRORS.md, entry by entry and nothing else', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(page, renderPage())
    const text = readFileSync(page, 'utf8')
    const documented = [...text.matchAll(/^### (MP\d{4}): /gm)].map((match) => match[1])
    expect(documented).toEqual(entries.map(({ code }) => code))
    expect(text).toBe(renderPage())
  })
})
