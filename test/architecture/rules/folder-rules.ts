import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { listFolders, type SourceFile, type Violation } from './source-file.ts'

/** The main folders that exist: the top-level ones, and each folder directly in src, sidecars and runtime. */
function listMainFolders(root: string): string[] {
  const parents = ['src', 'sidecars', 'runtime'].filter((folder) => existsSync(join(root, folder)))
  const tops = [...parents, ...['samples', 'test'].filter((folder) => existsSync(join(root, folder)))]
  return [...tops, ...parents.flatMap((parent) => listFolders(join(root, parent)).map((name) => `${parent}/${name}`))].sort()
}

/** Each main folder says in a README.md what is here, what it may import and how to add one. */
export function checkReadmes(root: string): Violation[] {
  return listMainFolders(root)
    .filter((folder) => !existsSync(join(root, folder, 'README.md')))
    .map((folder) => ({ path: folder, message: 'has no README.md' }))
}

const sampleMention = /(?<![\w-])samples['",\s]*[/,]\s*['"]?([a-z0-9]+(?:-[a-z0-9]+)*)/g

/** Names of samples that a test mentions, written `samples/<name>` or as arguments `'samples', '<name>'`. */
export function findSampleMentions(text: string): string[] {
  return [...text.matchAll(sampleMention)].map((match) => match[1] ?? '')
}

/** Each sample is used by a scenario, and a scenario uses only samples that exist. */
export function checkSamples(samples: readonly string[], scenarios: readonly SourceFile[]): Violation[] {
  const mentions = scenarios.map((file) => ({ path: file.path, names: findSampleMentions(file.text) }))
  const owned = new Set(mentions.flatMap(({ names }) => names))
  const orphans = samples
    .filter((name) => !owned.has(name))
    .map((name) => ({ path: `samples/${name}`, message: 'no scenario mentions it' }))
  const missing = mentions.flatMap(({ path, names }) =>
    [...new Set(names)].filter((name) => !samples.includes(name)).map((name) => ({ path, message: `samples/${name} does not exist` })),
  )
  return [...orphans, ...missing]
}
