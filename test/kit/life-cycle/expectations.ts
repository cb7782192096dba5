import { expect } from '@jest/globals'
import { leftovers } from '../cli.ts'
import { eventually } from '../eventually.ts'
import { ask, lives, type Stage } from '../stage.ts'

/** At this moment nothing of the home runs, the daemon and its guard included, and no replica or edge is left on disk. */
export async function expectAllGone(stage: Stage): Promise<void> {
  const { processes, directories } = await leftovers(stage.home)
  expect(processes.map(({ command }) => command)).toEqual([])
  expect(directories.filter((path) => !path.includes('/volumes/'))).toEqual([])
}

/** At this moment nothing of an environment runs; daemon and guard may. */
export async function expectEnvironmentGone(stage: Stage): Promise<void> {
  const { processes, directories } = await leftovers(stage.home)
  expect(processes.filter(({ part }) => part === 'environment').map(({ command }) => command)).toEqual([])
  expect(directories.filter((path) => !path.includes('/volumes/'))).toEqual([])
}

/** Takes everything down and looks: nothing of the environment is left when the command returns. */
export async function endAll(stage: Stage): Promise<void> {
  await stage.call('down', '-v')
  await expectEnvironmentGone(stage)
  expect((await leftovers(stage.home)).directories).toEqual([])
}

/** The port answers with one of the processes of before. */
export async function expectSameProcesses(stage: Stage, component: string, pids: readonly number[], port: number): Promise<void> {
  expect(stage.pidsOf(component)).toEqual(pids)
  expect(pids).toContain((await ask(port)).pid)
}

/** Waits until none of the processes lives. */
export async function expectEnd(pids: readonly number[], limitMs: number): Promise<void> {
  await eventually(() => {
    const living = pids.filter(lives)
    if (living.length > 0) throw new Error(`still alive: ${living.join(', ')}`)
    return true
  }, limitMs)
}
