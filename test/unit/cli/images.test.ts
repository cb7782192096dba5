import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { ComponentKey } from '../../../src/model/names.ts'
import type { ImageRecord } from '../../../src/wire/answers.ts'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

const shop = applicationView([componentView('web')])

/** A daemon beside a model file. */
async function open(): Promise<ScriptedDaemon> {
  const daemon = await ScriptedDaemon.open([shop])
  writeFileSync(join(daemon.home, 'app.yaml'), '')
  return daemon
}

const about = (ref: string, change: Partial<ImageRecord>): ImageRecord => ({
  ref,
  components: ['web' as ComponentKey],
  state: 'working',
  text: 'Pulling',
  ...change,
})
const broken = about('shop/api:1', {
  state: 'failed',
  text: 'the build of shop/api:1 failed at step 2/3, RUN make; its last lines:\ncc main.c\nno such file',
  failure: { code: 'MP4310', message: 'the build failed', next: 'correct it' },
})

test.each([
  [['pull', '-f', 'app.yaml', 'web'], { do: 'pull', components: ['web'], noCache: false, freshBases: false, strict: false }],
  [
    ['build', '-f', 'app.yaml', '--no-cache', '--pull', '--strict'],
    { do: 'build', components: [], noCache: true, freshBases: true, strict: true },
  ],
  [['build', '-f', 'app.yaml'], { do: 'build', noCache: false, freshBases: false, engine: 'auto' }],
])('%j asks for %j', async (args, order) => {
  await using daemon = await open()
  expect(await callCli(args, { home: daemon.home })).toMatchObject({ code: 0 })
  expect(daemon.callsOf('images')).toEqual([expect.objectContaining({ ...order, files: [{ path: expect.stringMatching(/app\.yaml$/) }] })])
})

test('each image has a line that follows what happens to it', async () => {
  await using daemon = await open()
  daemon.imageRecords = [
    about('nginx', {}),
    about('shop/web:1', { state: 'skipped', text: 'Built here' }),
    about('nginx', { text: '1.0 MB of 4.2 MB' }),
    about('nginx', { state: 'done', text: 'Pulled' }),
  ]
  expect(await callCli(['pull', '-f', 'app.yaml'], { home: daemon.home })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'nginx: Pulling\nshop/web:1: Skipped: Built here\nnginx: 1.0 MB of 4.2 MB\nnginx: Pulled\n',
  })
})

test('what failed is told at the end, with its last lines and what to do', async () => {
  await using daemon = await open()
  daemon.imageRecords = [broken, about('shop/web:1', { state: 'done', text: 'Built' })]
  const { code, stderr } = await callCli(['build', '-f', 'app.yaml'], { home: daemon.home })
  expect(code).toBe(1)
  expect(stderr).toBe(
    [
      'shop/api:1: Failed: the build of shop/api:1 failed at step 2/3, RUN make; its last lines: no such file',
      'shop/web:1: Built',
      'failed shop/api:1: MP4310 the build of shop/api:1 failed at step 2/3, RUN make; its last lines:',
      '  | cc main.c',
      '  | no such file',
      '  next: correct it',
      '',
    ].join('\n'),
  )
})

test('as JSON it is one object per line', async () => {
  await using daemon = await open()
  daemon.imageRecords = [broken]
  const { code, stdout, stderr } = await callCli(['build', '-f', 'app.yaml', '--format', 'json'], { home: daemon.home })
  expect([code, stderr]).toEqual([1, ''])
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { schemaVersion: 1, type: 'image', ...broken },
    { schemaVersion: 1, type: 'result', exitCode: 1 },
  ])
})

test.each([
  ['MP8006', 3],
  ['MP8004', 2],
  ['MP4007', 4],
  ['MP8008', 1],
] as const)('a refusal with %s ends with %i', async (code, exit) => {
  await using daemon = await open()
  daemon.refuseNext(409, { code, message: 'no' })
  expect(await callCli(['build', '-f', 'app.yaml'], { home: daemon.home })).toMatchObject({ code: exit })
})

test('an interrupt gives it up', async () => {
  await using daemon = await open()
  let given: AbortSignal | undefined
  daemon.onImages = (signal) => {
    given = signal
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const run = startCli(['pull', '-f', 'app.yaml'], { home: daemon.home })
  await eventually(() => given)
  run.interrupt()
  expect(await run.exit).toBe(130)
  await eventually(() => (given?.aborted === true ? true : undefined))
})

test('up and down pass their wishes about images on', async () => {
  await using daemon = await open()
  expect(await callCli(['plan', '-f', 'app.yaml', '--build', '--pull', 'never'], { home: daemon.home })).toMatchObject({ code: 0 })
  expect(daemon.callsOf('plan')).toMatchObject([{ build: true, pull: 'never' }])
  expect(await callCli(['plan', '-f', 'app.yaml', '--pull', 'sometimes'], { home: daemon.home })).toMatchObject({ code: 2 })
  expect(await callCli(['down', '--rmi', 'local'], { home: daemon.home })).toMatchObject({ code: 0 })
  expect(daemon.callsOf('down')).toMatchObject([{ images: 'local' }])
})
