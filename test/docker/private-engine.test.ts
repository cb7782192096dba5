import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, test } from '@jest/globals'
import { repositoryFolder } from '../kit/clone.ts'
import { GIVEN_ENGINE, TEST_ENGINE } from '../kit/docker/engine.ts'
import { askEngine, callEngine } from '../kit/docker/engine-http.ts'
import { PrivateEngine } from '../kit/docker/private-engine.ts'
import { eventually } from '../kit/eventually.ts'

/** A run that was given an engine may be on a machine where none can be started. */
const describeOwnEngines = process.env[GIVEN_ENGINE] === undefined ? describe : describe.skip

describeOwnEngines('a private engine', () => {
  test('answers, stops and starts again, and leaves nothing', async () => {
    let folder: string
    {
      await using engine = await PrivateEngine.start()
      folder = folderOf(engine.endpoint)
      expect(await answers(engine.endpoint)).toBe(true)
      await engine.stopDaemon()
      expect(await answers(engine.endpoint)).toBe(false)
      await engine.startDaemon()
      expect(await answers(engine.endpoint)).toBe(true)
    }
    expectGone(folder)
  })

  test('goes when the process that started it is killed', async () => {
    const { holder, endpoint } = await heldEngine()
    const sleeper = await runSleeper(endpoint)
    holder.kill('SIGKILL')
    await eventually(() => expectGone(folderOf(endpoint)) ?? true, 30_000)
    expect(existsSync(`/proc/${sleeper}`)).toBe(false)
  })

  test('whose keeper is killed too is removed by the next one', async () => {
    const { holder, endpoint } = await heldEngine()
    const folder = folderOf(endpoint)
    const sleeper = await runSleeper(endpoint)
    const keeper = JSON.parse(readFileSync(join(folder, 'keeper.json'), 'utf8')) as { readonly pid: number }
    process.kill(keeper.pid, 'SIGKILL')
    holder.kill('SIGKILL')
    expect(await answers(endpoint)).toBe(true)
    await using _next = await PrivateEngine.start()
    expectGone(folder)
    expect(existsSync(`/proc/${sleeper}`)).toBe(false)
  })
})

/** An engine of another process, as `npm run test:engine` starts it. */
async function heldEngine(): Promise<{ readonly holder: ChildProcess; readonly endpoint: string }> {
  const { [TEST_ENGINE]: _ours, ...env } = process.env
  const holder = spawn(process.execPath, [join(repositoryFolder, 'scripts', 'test-engine.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: holder.stdout })) {
    const [, endpoint] = /=(\S+)$/.exec(line) ?? []
    if (endpoint !== undefined) return { holder, endpoint }
  }
  throw new Error('no engine was started')
}

/** A container that does not end by itself; answers the pid of its process. */
async function runSleeper(endpoint: string): Promise<number> {
  await callEngine(endpoint, '/networks/create', { method: 'POST', body: { Name: 'left' } })
  const body = { Image: 'busybox:1.36', Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'left' } }
  const { Id } = await callEngine<{ readonly Id: string }>(endpoint, '/containers/create', { method: 'POST', body })
  await callEngine(endpoint, `/containers/${Id}/start`, { method: 'POST' })
  const { State } = await callEngine<{ readonly State: { readonly Pid: number } }>(endpoint, `/containers/${Id}/json`)
  return State.Pid
}

function folderOf(endpoint: string): string {
  return dirname(endpoint.replace('unix://', ''))
}

function expectGone(folder: string): void {
  expect(existsSync(folder)).toBe(false)
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder)
}

function answers(endpoint: string): Promise<boolean> {
  return askEngine(endpoint, '/_ping').then(
    () => true,
    () => false,
  )
}
