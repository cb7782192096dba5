import { spawn } from 'node:child_process'
import { expect, test } from '@jest/globals'
import type { RequestRecord } from '../../src/model/edge.ts'
import type { RequestItem, RequestNote } from '../../src/wire/request-stream.ts'
import { cliProgram, expectNothingLeft, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'
import { ask, freePort, killNow, Stage } from '../kit/stage.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

function itemsOf(text: string): readonly RequestItem[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RequestItem)
}

/** `minipaas requests -f` as a process of its own. */
class Following implements AsyncDisposable {
  readonly #child
  readonly #ended: Promise<unknown>
  #stdout = ''
  #stderr = ''

  constructor({ settings }: Stage) {
    this.#child = spawn(process.execPath, [cliProgram, 'requests', '-f', '--format', 'json', '--project-name', 'stage'], {
      cwd: settings.cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...settings.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString('utf8')
    })
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8')
    })
  }

  get notes(): readonly RequestNote['note'][] {
    return itemsOf(this.#stdout).flatMap((item) => ('note' in item ? [item.note] : []))
  }

  get paths(): readonly (string | undefined)[] {
    return itemsOf(this.#stdout).flatMap((item) => ('note' in item ? [] : [item.path]))
  }

  async told(path: string): Promise<void> {
    await eventually(() => {
      if (this.paths.includes(path)) return true
      throw new Error(`${path} was not told:\n${this.#stdout}${this.#stderr}`)
    }, 30_000)
  }

  async noted(note: RequestNote['note']): Promise<void> {
    await eventually(() => {
      if (this.notes.includes(note)) return true
      throw new Error(`${note} was not noted:\n${this.#stdout}${this.#stderr}`)
    }, 30_000)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

test('a request that was held during a restart is listed with its wait, its replica and its trace', async () => {
  await using home = withHome()
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('slow', [{ name: 'web', publish: port, env: { START_MS: '800' } }])
  await stage.up('slow')
  const asks = async (count: number): Promise<number> => {
    for (let asked = 0; asked < count; asked++) {
      const answer = await fetch(`http://127.0.0.1:${port}/?token=secret`, { headers: { traceparent: TRACEPARENT } })
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
      await answer.text()
    }
    return count
  }
  await asks(1)
  const restarted = stage.call('restart', 'web')
  let asked = 1
  const held = async (): Promise<RequestRecord | undefined> => {
    asked += await asks(1)
    const { stdout } = await stage.call('requests', 'web', '-n', '1000', '--format', 'json')
    return itemsOf(stdout).find((item): item is RequestRecord => !('note' in item) && item.waitedMs > 100)
  }
  const record = await eventually(held, 30_000)
  await restarted
  expect(record).toMatchObject({ component: 'web', path: '/', status: 200, protocol: 'http/1.1', traceId: TRACEPARENT.slice(3, 35) })
  expect(record.replica).toMatch(/^web--.+\.0$/)
  expect(record.tookMs).toBeGreaterThanOrEqual(record.waitedMs)

  const { stdout: table } = await stage.call('requests', '-n', '1000')
  expect(table.split('\n')[0]).toMatch(/^TIME +METHOD +HOST +PATH +STATUS +WAIT +TOOK +REPLICA +TRACE/)
  expect(table.trimEnd().split('\n')).toHaveLength(asked + 1)
  const { stdout: access } = await stage.call('logs', '--access', 'web', '--no-log-prefix')
  expect(access).toMatch(
    new RegExp(
      `"GET / HTTP/1.1" 200 \\d+ host=127.0.0.1:${port} replica=web-0 wait=${record.waitedMs}ms took=\\d+ms trace=${record.traceId}\n`,
    ),
  )
  expect(table + access).not.toContain('secret')
  const { stdout: failed } = await stage.call('requests', '--failed', '--format', 'json')
  expect(failed).toBe('')
  await stage.call('down', '-v')
  await expectNothingLeft(home.path)
}, 90_000)

test('who follows is told when the edge or the daemon was away, and goes on behind them', async () => {
  await using home = withHome()
  using stage = new Stage(home)
  const port = await freePort()
  stage.write('shop', [{ name: 'web', publish: port }])
  await stage.up('shop')
  await ask(port, '/before')
  await using following = new Following(stage)
  await following.told('/before')
  await ask(port, '/first')
  await following.told('/first')

  await killNow(stage.edgePid)
  await following.noted('edge-restarted')
  await eventually(() => ask(port, '/second').catch(() => undefined), 30_000)
  await following.told('/second')

  await killNow(stage.daemonPid)
  await ask(port, '/meanwhile')
  await following.noted('daemon-back')
  await following.told('/meanwhile')
  await ask(port, '/last')
  await following.told('/last')
  expect(following.notes).toEqual(['edge-away', 'edge-restarted', 'daemon-away', 'daemon-back'])
  expect(following.paths).toEqual(['/before', '/first', '/second', '/meanwhile', '/last'])
  await stage.call('down', '-v')
  await expectNothingLeft(home.path)
}, 90_000)
