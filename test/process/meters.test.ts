import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { endEnvironment, listGuarded } from '../../runtime/guard/environments.ts'
import { startTimeOf } from '../../runtime/process-identity/identity.ts'
import { systemClock } from '../../runtime/time/system-clock.ts'
import { bundleProgram } from '../kit/bundled-program.ts'
import { eventually } from '../kit/eventually.ts'
import { aTrigger, MeterConversation } from '../kit/meter-conversation.ts'
import { ProcessWorld } from '../kit/process-world.ts'
import { scratchDirectory } from '../kit/scratch.ts'

const never = new AbortController().signal
const metersProgram = fileURLToPath(new URL('../kit/programs/fake-meters.mjs', import.meta.url))
const edgeProgram = fileURLToPath(new URL('../kit/programs/fake-edge.mjs', import.meta.url))

const programs = scratchDirectory()
let daemonProgram: string
beforeAll(async () => {
  daemonProgram = await bundleProgram('test/kit/programs/meter-daemon.ts', programs.path)
})
afterAll(() => programs[Symbol.dispose]())

const folderOf = ({ home }: ProcessWorld): string => `${home}/environments/test/meters`
const untilGone = (pid: number): Promise<true> => eventually<true>(() => (startTimeOf(pid) === undefined ? true : undefined))

/** A daemon whose readers have been asked for a trigger of the type, and their pid. */
async function startDaemon({ home }: ProcessWorld, type: string): Promise<{ readonly daemon: ChildProcess; readonly pid: number }> {
  const daemon = spawn(process.execPath, [daemonProgram, home, metersProgram, type], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await new Promise<Buffer>((resolve) => daemon.stdout.once('data', resolve))
  return { daemon, pid: Number(said.toString()) }
}

async function kill(daemon: ChildProcess): Promise<void> {
  const over = new Promise((resolve) => daemon.once('exit', resolve))
  daemon.kill('SIGKILL')
  await over
}

describe('readers of a daemon that is killed', () => {
  test('end by themselves, and what recorded them goes with the environment', async () => {
    await using world = new ProcessWorld()
    const { daemon, pid } = await startDaemon(world, 'fixed')
    expect(startTimeOf(pid)).toBeDefined()
    await kill(daemon)
    await untilGone(pid)
    await world.engine.removeEnvironment(world.owner, never)
    expect(existsSync(`${world.home}/environments/test`)).toBe(false)
  })

  test('that do not end are ended by the next daemon when it starts others', async () => {
    await using world = new ProcessWorld()
    const { daemon, pid } = await startDaemon(world, 'deaf')
    await kill(daemon)
    const conversation = new MeterConversation(await world.engine.meters.attach(world.owner, never))
    await eventually(() => conversation.heard[0])
    expect(startTimeOf(pid)).toBeUndefined()
  })

  test('that do not end are ended with their environment', async () => {
    await using world = new ProcessWorld()
    const { daemon, pid } = await startDaemon(world, 'deaf')
    await kill(daemon)
    expect(startTimeOf(pid)).toBeDefined()
    await world.engine.removeEnvironment(world.owner, never)
    expect([startTimeOf(pid), existsSync(`${world.home}/environments/test`)]).toEqual([undefined, false])
  })

  test('that do not end are ended by the guard', async () => {
    await using world = new ProcessWorld({ edgeProgram })
    await world.engine.edge.attach(world.owner, never)
    const { daemon, pid } = await startDaemon(world, 'deaf')
    await kill(daemon)
    const [environment, ...more] = await listGuarded(world.home)
    if (environment === undefined || more.length > 0) throw new Error('not one environment')
    await endEnvironment(environment, systemClock)
    expect([startTimeOf(pid), existsSync(`${world.home}/environments/test`)]).toEqual([undefined, false])
  })
})

test('what the program complains about is in the log of the daemon, and nothing of its triggers is on disk', async () => {
  await using world = new ProcessWorld()
  const conversation = new MeterConversation(await world.engine.meters.attach(world.owner, never))
  conversation.watch(aTrigger('web/queue', 'crash', { password: 'hunter2-secret' }))
  expect(readFileSync(`${folderOf(world)}/meters.json`, 'utf8')).not.toContain('hunter2')
  conversation.ask('web/queue')
  await conversation.over
  await eventually(() => (world.logged.includes('warn no bread today') ? true : undefined))
  await eventually(() => (existsSync(folderOf(world)) ? undefined : true))
})

test('a program that does not end when it is told to is ended by force', async () => {
  await using world = new ProcessWorld()
  const conversation = new MeterConversation(await world.engine.meters.attach(world.owner, never))
  conversation.watch(aTrigger('web/queue', 'deaf'))
  conversation.ask('web/queue')
  const [hello] = await eventually(() => (conversation.heard.length > 0 ? conversation.heard : undefined))
  await world.engine.meters.remove(world.owner, never)
  expect(startTimeOf(hello?.type === 'hello' ? hello.pid : 0)).toBeUndefined()
  expect(existsSync(folderOf(world))).toBe(false)
})

test('a program that cannot run is a fault with its last words, and one that is missing too', async () => {
  const broken = `${programs.path}/broken.mjs`
  writeFileSync(broken, "throw new Error('no bread today')")
  for (const [program, words] of [
    [broken, /it ended before it said hello; its last words: .*no bread today/s],
    ['/there/is/no/such/program.js', /Cannot find module/],
  ] as const) {
    await using world = new ProcessWorld({ metersProgram: program })
    await expect(world.engine.meters.attach(world.owner, never)).rejects.toMatchObject({
      fault: { code: 'MP4122', message: expect.stringMatching(words) },
    })
    expect(existsSync(folderOf(world))).toBe(false)
  }
})
