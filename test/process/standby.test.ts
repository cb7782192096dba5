import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { expectNothingLeft, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'
import { runLoad } from '../kit/loader.ts'
import { expectAllAnswered } from '../kit/rolling-shop.ts'
import { ask, freePort, Stage } from '../kit/stage.ts'

const onLinux = process.platform === 'linux' ? test : test.skip

/** The state letter of a process: `T` is stopped. Source: proc(5), stat. */
const stateOf = (pid: number): string => /\) (\S) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? ''

/** Waits until as many processes of the component are stopped and run as given. Resolves to the stopped ones. */
function settled(stage: Stage, stopped: number, running: number): Promise<readonly number[]> {
  return eventually(async () => {
    const phases = (await stage.shown('web')).map(({ phase }) => phase)
    const pids = stage.pidsOf('web')
    const frozen = pids.filter((pid) => stateOf(pid) === 'T')
    const asShown = phases.filter((phase) => phase === 'standby').length === stopped && phases.length === stopped + running
    return frozen.length === stopped && pids.length === stopped + running && asShown ? frozen : undefined
  }, 30_000)
}

onLinux(
  'a replica that stands by is a stopped process, goes on when it is called, and is started again when it dies',
  async () => {
    await using home = withHome()
    using stage = new Stage(home)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/`
    stage.write('shop', [{ name: 'web', publish: port, standby: 1, env: { START_MS: '500' } }])
    await stage.up('shop')
    const [first] = await settled(stage, 1, 1)
    expect((await ask(port)).pid).not.toBe(first)

    await stage.call('scale', 'web=2')
    const [second] = await settled(stage, 1, 2)
    expect(second).not.toBe(first)
    const asked = new Set<number>()
    await eventually(async () => (asked.add((await ask(port)).pid).has(first ?? 0) ? true : undefined))
    // Only ready ones take requests: none of these waits for the one that is stopped.
    expectAllAnswered(await runLoad({ url, rate: 50, count: 50, connections: 'fresh', limitMs: 60_000 }), 'beside a standby')

    process.kill(second ?? 0, 'SIGKILL')
    await eventually(() => (stage.pidsOf('web').includes(second ?? 0) ? undefined : true))
    await settled(stage, 1, 2)
    await stage.call('stop', 'web')
    await eventually(() => (stage.pidsOf('web').length === 0 ? true : undefined))
    await stage.call('down', '-v')
    await expectNothingLeft(home.path)
  },
  120_000,
)
