import { expect, test } from '@jest/globals'
import type { ScaleView } from '../../src/wire/scale-view.ts'
import { CliWorld } from '../kit/docker/cli-world.ts'
import { eventually } from '../kit/eventually.ts'
import { applicationWithJob } from '../kit/scaled-job.ts'
import { killNow } from '../kit/stage.ts'

const IMAGE = 'busybox:1.36'
/** Ends well when it is asked to end. */
const WORK = 'trap "exit 0" TERM; while :; do sleep 0.1; done'

test('jobs run as containers once for each message, also when the daemon dies meanwhile', async () => {
  await using world = new CliWorld()
  const pod = { containers: [{ name: 'worker', image: IMAGE, command: ['sh', '-c', WORK] }] }
  const web = { image: IMAGE, cmd: ['sh', '-c', WORK] }
  world.write('app.yaml', applicationWithJob({ spec: { pollingInterval: 1 }, pod: { restartPolicy: 'Never', ...pod }, web }))
  await world.up()
  const scale = async (): Promise<ScaleView> => JSON.parse(await world.call('explain', 'scale', 'batch', '--format', 'json')) as ScaleView
  const jobs = async (): Promise<readonly string[]> => (await world.engine.running('pod', 'batch')).map(({ Id }) => Id).sort()

  await world.call('metric', 'set', 'batch', '0', '3')
  await eventually(async () => ((await jobs()).length === 3 && (await scale()).jobs?.pending === 0 ? true : undefined), 60_000)
  expect(await scale()).toMatchObject({ jobs: { running: 3, complete: 0, failed: 0 } })
  await world.call('metric', 'set', 'batch', '0', '0')
  const started = await jobs()

  await killNow(world.daemonPid)
  await Promise.all(started.map((id) => world.engine.docker.getContainer(id).kill({ signal: 'TERM' })))
  await eventually(async () => ((await scale()).jobs?.complete === 3 ? true : undefined), 60_000)
  expect(await jobs()).toEqual([])
  expect(await world.call('status')).toContain('Jobs: 0 unfinished, 3 complete, 0 failed')

  await world.call('down')
  await world.expectDown()
}, 180_000)
