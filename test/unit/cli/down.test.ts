import { expect, test } from '@jest/globals'
import { callCli, startCli } from '../../kit/cli-run.ts'
import { eventually } from '../../kit/eventually.ts'
import { scratchDirectory } from '../../kit/scratch.ts'
import { ScriptedDaemon } from '../../kit/scripted-daemon.ts'
import { applicationView, componentView } from '../../kit/views.ts'

test('ends the named applications and waits until they are gone', async () => {
  await using daemon = await ScriptedDaemon.open([
    applicationView([componentView('web')]),
    applicationView([componentView('mail', { app: 'post' })], { name: 'post' }),
  ])
  const { code, stderr } = await callCli(['down', 'post', '-v', '-t', '5'], { home: daemon.home })
  expect(code).toBe(0)
  expect(daemon.callsOf('down')).toEqual([{ applications: ['post'], volumes: true, images: 'none', timeout: 5 }])
  expect(stderr).toBe('mail: Removed\n')
  expect(daemon.applications.map(({ name }) => name)).toEqual(['shop'])
})

test('may be repeated, and needs no daemon', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  expect(await callCli(['down'], { home: daemon.home })).toMatchObject({ code: 0, stderr: 'web: Removed\n' })
  expect(await callCli(['down'], { home: daemon.home })).toMatchObject({ code: 0 })
  using empty = scratchDirectory()
  const answer = await callCli(['down'], { home: empty.path })
  expect(answer).toEqual({ code: 0, stdout: '', stderr: 'nothing is running in the environment "shop"\n' })
})

test('an interrupt asks for an end at once', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  daemon.onDown = (order) => {
    if (order.timeout === 0) daemon.remove(order)
  }
  const run = startCli(['down'], { home: daemon.home })
  await eventually(() => daemon.callsOf('down')[0])
  run.interrupt()
  expect(await run.exit).toBe(130)
  expect(run.stderr()).toContain('stopping now')
})

test('an unknown application is refused before anything ends', async () => {
  await using daemon = await ScriptedDaemon.open([applicationView([componentView('web')])])
  const { code, stderr } = await callCli(['down', 'shp'], { home: daemon.home })
  expect(code).toBe(2)
  expect(stderr).toContain('no application "shp" in the environment "shop"\nnext: did you mean "shop"?')
  expect(daemon.callsOf('down')).toEqual([])
})
