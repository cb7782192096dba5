import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkReadmes, checkSamples, findSampleMentions } from './rules/folder-rules.ts'
import { listFolders, printViolations, readSourceFiles, repositoryRoot } from './rules/source-file.ts'

describe('read-me files', () => {
  test('names each main folder without one', () => {
    const root = mkdtempSync(join(tmpdir(), 'minipaas-rules-'))
    try {
      for (const folder of ['src/plan', 'src/model', 'runtime/edge', 'samples/shop']) mkdirSync(join(root, folder), { recursive: true })
      for (const folder of ['src', 'src/plan', 'runtime', 'samples']) writeFileSync(join(root, folder, 'README.md'), 'text')
      expect(checkReadmes(root).map(({ path }) => path)).toEqual(['runtime/edge', 'src/model'])
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  test('are in each main folder of the repository', () => {
    expect(printViolations(checkReadmes(repositoryRoot))).toBe('')
  })
})

describe('samples', () => {
  test.each([
    ["readFileSync('samples/shop/app.yaml')", ['shop']],
    ["join(root, 'samples', 'hello-world', 'app.yaml')", ['hello-world']],
    ['`$' + '{root}/samples/shop/app.yaml`', ['shop']],
    ["import { x } from './more-samples/shop.ts'", []],
    ['const samples = [1, 2]', []],
  ])('finds the samples mentioned in %s', (text, names) => {
    expect(findSampleMentions(text)).toEqual(names)
  })

  test('refuses a sample without a scenario and a scenario without its sample', () => {
    const scenario = { path: 'test/scenario/shop.test.ts', text: "up('samples/shop/app.yaml'); up('samples/gone/app.yaml')" }
    expect(printViolations(checkSamples(['lonely', 'shop'], [scenario]))).toBe(
      'samples/lonely: no scenario mentions it\ntest/scenario/shop.test.ts: samples/gone does not exist',
    )
  })

  test('each belong to a scenario', () => {
    const scenarios = readSourceFiles(repositoryRoot, ['test/scenario', 'test/process', 'test/package', 'test/docker'], '.ts')
    expect(printViolations(checkSamples(listFolders(join(repositoryRoot, 'samples')), scenarios))).toBe('')
  })
})
