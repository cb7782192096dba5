import { execFileSync } from 'node:child_process'

/** `ps -o lstart=`: the start to the second. Designed for macOS, not verified there. */
export function darwinStartTime(pid: number): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [state, ...start] = text.trim().split(/\s+/)
    if (state === undefined || state.startsWith('Z') || start.length === 0) return undefined
    return start.join(' ')
  } catch {
    return undefined
  }
}
