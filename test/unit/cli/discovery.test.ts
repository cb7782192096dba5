import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { isAlive } from '../../../src/cli/client/discovery.ts'
import { eventually } from '../../kit/eventually.ts'

test('a process that ended and was never collected is not alive', async () => {
  // The shell's child ends when it is told to, and by then another program that collects nobody has taken the shell's place.
  const command = "(read line <&3) & echo $!; exec sh -c 'echo ready; exec sleep 30' 3<&-"
  const parent = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] })
  try {
    let said = ''
    parent.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const pid = await eventually(() => {
      const [, number] = /^(\d+)\nready\n$/.exec(said) ?? []
      return number === undefined ? undefined : Number(number)
    })
    expect(isAlive(pid)).toBe(true)
    parent.stdio[3]?.destroy()
    expect(isAlive(parent.pid ?? 0)).toBe(true)
    await eventually(() => (isAlive(pid) ? undefined : true))
    expect(() => process.kill(pid, 0)).not.toThrow()
  } finally {
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  }
})
