import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ScaleView } from '../../src/wire/scale-view.ts'
import { type CallSettings, expectNothingLeft, minipaas, withHome } from '../kit/cli.ts'
import { eventually } from '../kit/eventually.ts'
import { applicationWithJob } from '../kit/scaled-job.ts'
import { scratchDirectory } from '../kit/scratch.ts'
import { killNow } from '../kit/stage.ts'

test('jobs run as processes once for each message, also when the daemon dies meanwhile', async () => {
  await using home = withHome()
  using scratch = scratchDirectory()
  const settings: CallSettings = { cwd: scratch.path, env: home.env }
  const call = async (...args: readonly string[]): Promise<string> => {
    const called = await minipaas(args, settings)
    if (called.code !== 0) throw new Error(`${args.join(' ')} ended with ${called.code}\n${called.stdout}${called.stderr}`)
    return called.stdout
  }
  const scale = async (): Promise<ScaleView> => JSON.parse(await call('explain', 'scale', 'batch', '--format', 'json')) as ScaleView
  const book = join(scratch.path, 'book.txt')
  const gate = join(scratch.path, 'gate')
  const runs = (): number => (existsSync(book) ? readFileSync(book, 'utf8').trimEnd().split('\n').length : 0)
  // Each run notes itself, and ends when the gate is open.
  const work = `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(book)}, process.pid + '\\n'); setInterval(() => { if (fs.existsSync(${JSON.stringify(gate)})) process.exit(0) }, 50)`
  writeFileSync(join(scratch.path, 'app.yaml'), applicationWithJob({ spec: { pollingInterval: 1 } }))
  const run = (program: string) => ({ run: { directory: '.', command: [process.execPath, '-e', program] } })
  const components = { web: run('setInterval(() => {}, 1000)'), batch: run(work) }
  writeFileSync(join(scratch.path, 'minipaas.yaml'), JSON.stringify({ components }))

  await call('up', '-d', '--wait', '--wait-timeout', '60')
  await call('metric', 'set', 'batch', '0', '3')
  await eventually(async () => (runs() === 3 && (await scale()).jobs?.pending === 0 ? true : undefined), 30_000)
  expect(await scale()).toMatchObject({ jobs: { running: 3, complete: 0, failed: 0 } })
  expect(await call('explain', 'scale', 'batch')).toContain('strategy default allows 3 of 3 jobs (0 running, 0 pending, at most 100)')
  await call('metric', 'set', 'batch', '0', '0')

  const { pid } = JSON.parse(readFileSync(join(home.path, 'daemon.json'), 'utf8')) as { readonly pid: number }
  await killNow(pid)
  writeFileSync(gate, '')
  await eventually(async () => ((await scale()).jobs?.complete === 3 ? true : undefined), 30_000)
  expect(runs()).toBe(3)
  expect(await call('status')).toContain('Jobs: 0 unfinished, 3 complete, 0 failed')

  await call('down')
  await expectNothingLeft(home.path)
}, 120_000)
