import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryFolder = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

/** Copies what a commit of the working tree would hold: files that git knows or would add, nothing installed and nothing built. */
export function cloneWorkingTree(target: string): void {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repositoryFolder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  for (const path of listed.split('\0').filter((name) => name !== '' && existsSync(join(repositoryFolder, name)))) {
    mkdirSync(dirname(join(target, path)), { recursive: true })
    cpSync(join(repositoryFolder, path), join(target, path))
  }
}

/** The caller's environment as a new shell has it, without what npm and this test run put there; packages come from the local cache where it has them. */
export function shellEnvironment(added: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(npm_(lifecycle|package|command|config_(local_prefix|global_prefix|prefix))|MINIPAAS_|JEST_|NODE_OPTIONS$|NODE_ENV$|INIT_CWD$)/.test(
        entry[0],
      ),
  )
  return { ...Object.fromEntries(kept), npm_config_prefer_offline: 'true', ...added }
}
