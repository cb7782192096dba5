import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { get, type Home, leftovers, withHome } from '../kit/cli.ts'
import { cloneWorkingTree, shellEnvironment } from '../kit/clone.ts'
import { eventually } from '../kit/eventually.ts'
import { scratchDirectory } from '../kit/scratch.ts'

/** Installing and building on a busy machine. */
const STARTED_WITHIN = 240_000
const ENDED_WITHIN = 20_000

/** `npm start` as a terminal runs it: in a process group of its own, which gets the signals of the keyboard. */
class Started {
  output = ''
  readonly ended: Promise<number | string>
  readonly #child: ChildProcess

  constructor(folder: string, home: Home) {
    this.#child = spawn('npm', ['start'], {
      cwd: folder,
      env: shellEnvironment(home.env),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8')
      })
    this.ended = new Promise((resolve) => this.#child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')))
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The keys Ctrl-C. */
  interrupt(): void {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT')
  }

  /** The first address it prints. */
  async url(): Promise<URL> {
    return await eventually(() => {
      const printed = /^ *(http:\/\/\S+)/m.exec(this.output)?.[1]
      if (printed !== undefined) return new URL(printed)
      if (!this.isRunning) throw new Error(`npm start ended:\n${this.output}`)
      return undefined
    }, STARTED_WITHIN)
  }
}

test('npm start on a fresh clone prints the address of a shop that works; Ctrl-C leaves no process', async () => {
  using clone = scratchDirectory()
  await using home = withHome()
  cloneWorkingTree(clone.path)
  expect(existsSync(join(clone.path, 'node_modules'))).toBe(false)
  expect(existsSync(join(clone.path, 'dist'))).toBe(false)
  const started = new Started(clone.path, home)
  const address = await started.url()
  expect(started.output).toMatch(/^shop on the process engine/m)

  const page = async () => await get(Number(address.port), address.host, address.pathname)
  const shop = await eventually(async () => {
    const answer = await page()
    return answer.status === 200 ? answer : undefined
  }, 30_000)
  expect(shop.text).toContain('<h1>The shop</h1>')
  // Products come from the catalog, which only the components reach, by the name it has in the cloud.
  const product = /name="product" value="([^"]+)"/.exec(shop.text)?.[1] ?? ''
  const form = new URLSearchParams({ product }).toString()
  expect(await get(Number(address.port), address.host, '/orders', form)).toMatchObject({ status: 303 })
  await eventually(async () => ((await page()).text.includes('<td>shipped</td>') ? true : undefined), 30_000)

  started.interrupt()
  await eventually(() => (started.isRunning ? undefined : true), ENDED_WITHIN)
  // The shell that npm starts ends by the same signal, after the program, and npm says so.
  expect([0, 130, 'SIGINT']).toContain(await started.ended)
  expect(started.output).toContain('gracefully stopping')
  expect(started.output).not.toMatch(/stopping now|npm error/)
  await eventually(async () => {
    const { processes } = await leftovers(home.path)
    if (processes.length > 0) throw new Error(`still running:\n${processes.map(({ command }) => command).join('\n')}\n${started.output}`)
    return true
  }, ENDED_WITHIN)
}, 360_000)
