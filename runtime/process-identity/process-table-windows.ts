import { execFileSync } from 'node:child_process'

const TASKKILL = 'taskkill.exe'

/** The creation time in units of 100 ns. Designed for Windows, not verified there. */
export function windowsStartTime(pid: number): string | undefined {
  const script = `(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`
  try {
    const text = execFileSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script], {
      encoding: 'utf8',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() === '' ? undefined : text.trim()
  } catch {
    return undefined
  }
}

/** Ends a process with all its descendants. */
export function windowsKillTree(pid: number): void {
  try {
    execFileSync(TASKKILL, ['/PID', String(pid), '/T', '/F'], { windowsHide: true, stdio: 'ignore' })
  } catch {
    // It is gone already, which is what was wanted.
  }
}
