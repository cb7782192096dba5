import { spawn } from 'node:child_process'
import type { Check } from './check.ts'

/** What the process engine rests on: programs in a process group of their own that can be ended together. */
export const processEngineCheck: Check = {
  name: 'process engine',
  fix: 'Programs cannot be started or ended here: look for a restricted sandbox or exhausted process limits (ulimit -u).',
  look: async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore', windowsHide: true })
    const ended = new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
    return { state: 'ok', detail: `starts and ends process groups (${await ended})` }
  },
}
