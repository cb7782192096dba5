import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { isAlive } from '../../../src/cli/client/discovery.ts'
import { eventually } from '../../kit/eventually.ts'

test('a process that ended and was never collected is not alive', async () => {
  // The shell's child outlives the shell's interest in it: what took the shell's place collects nobody.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString().trim())
    expect(isAlive(parent.pid ?? 0)).toBe(true)
    await eventually(() => (isAlive(pid) ? undefined : true))
    expect(() => process.kill(pid, 0)).not.toThrow()
  } finally {
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  }
})
