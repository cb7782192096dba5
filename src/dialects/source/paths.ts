/** File paths without Node: `/` or `\` separate, drive letters and UNC names are absolute. */

const SEPARATOR = /[\\/]/

function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || path.startsWith('\\\\') || /^[A-Za-z]:[\\/]/.test(path)
}

/** A path seen from an absolute directory, without `.` and `..`. */
export function resolvePath(directory: string, path: string): string {
  const joined = isAbsolutePath(path) ? path : `${directory}/${path}`
  const backslashes = /^[A-Za-z]:[\\/]|^\\\\/.test(joined)
  const parts: string[] = []
  for (const part of joined.split(backslashes ? SEPARATOR : '/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  if (joined.startsWith('\\\\')) return `\\\\${parts.join('\\')}`
  return backslashes ? parts.join('\\') : `/${parts.join('/')}`
}

export function parentPath(path: string): string {
  return resolvePath(path, '..')
}

export function baseName(path: string): string {
  return path.split(SEPARATOR).findLast((part) => part !== '') ?? path
}

/** The path below the directory with `/`, or the path itself when it is elsewhere. */
export function displayPath(directory: string, path: string): string {
  const resolved = resolvePath(directory, path)
  const prefix = resolvePath(directory, '.')
  if (!resolved.startsWith(prefix) || !SEPARATOR.test(resolved[prefix.length] ?? '')) return resolved
  return resolved.slice(prefix.length + 1).replaceAll('\\', '/')
}
