import { expect, test } from '@jest/globals'
import { parseStat } from '../../../runtime/process-identity/process-table-linux.ts'

const stat = (command: string, session: number, flags: number): string =>
  `7 (${command}) S 1 6 ${session} 0 -1 ${flags} 76 0 1 0 30 12 0 0 20 0 1 0 5678 3133440 380 18446744073709551615 1 1`

test('a command may hold spaces and parentheses', () => {
  expect(parseStat(7, stat('a) S (b', 5, 4194304))).toMatchObject({
    pid: 7,
    state: 'S',
    parent: 1,
    group: 6,
    session: 5,
    cpuTicks: 42,
    residentPages: 380,
  })
})

test('a kernel thread is told by its flag, not by a session of 0, which a process of a container may have', () => {
  expect(parseStat(7, stat('kworker', 0, 2129984)).isKernelThread).toBe(true)
  expect(parseStat(7, stat('node', 0, 4194304)).isKernelThread).toBe(false)
})
