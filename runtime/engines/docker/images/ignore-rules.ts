import dockerIgnore from '@balena/dockerignore'

// A CommonJS module that is its own default export; its types know the second form only.
const createIgnore = dockerIgnore.default

/** Which paths of a build context stay at home. Paths are relative, with slashes. */
export interface IgnoreRules {
  ignores(path: string): boolean
  /** Nothing below this directory, which is ignored itself, can come back by an exception. */
  prunes(directory: string): boolean
}

/** The rules of a `.dockerignore`. Source: Docker, .dockerignore files; moby, pkg/fileutils. */
export function parseIgnoreRules(text: string): IgnoreRules {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const rules = createIgnore({ ignorecase: false }).add(lines)
  const exceptions = lines
    .map((line) => line.trim())
    .filter((line) => line.startsWith('!'))
    .map((line) => literalStart(line.slice(1).trim()))
  return {
    ignores: (path) => rules.ignores(path),
    prunes: (directory) => !exceptions.some((start) => `${start}/`.startsWith(`${directory}/`) || `${directory}/`.startsWith(start)),
  }
}

/** The part of a pattern before its first wildcard, without the slash or dot in front. */
function literalStart(pattern: string): string {
  const clean = pattern.replace(/^\.?\/+/, '').replace(/\/+$/, '')
  return clean.split(/[*?[\\]/)[0] ?? clean
}
