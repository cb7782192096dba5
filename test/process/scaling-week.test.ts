import { expect, test } from '@jest/globals'
import type { ClockView } from '../../src/wire/scale-view.ts'
import { texts } from '../kit/scaled-apps/documents.ts'
import { processGround } from '../kit/scaled-apps/ground.ts'
import { ScaledWorld } from '../kit/scaled-apps/scaled-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** When a day is looked at, and how many are at work on a weekday. It takes the cool-down of five minutes to close. */
const LOOKS = [
  { at: 8 * HOUR - MINUTE, working: 0 },
  { at: 8 * HOUR + 5 * MINUTE, working: 3 },
  { at: 18 * HOUR - MINUTE, working: 3 },
  { at: 18 * HOUR + 4 * MINUTE, working: 3 },
  { at: 18 * HOUR + 7 * MINUTE, working: 0 },
] as const

test('a schedule opens at eight and closes at six from Monday to Friday, for a virtual week', async () => {
  await using world = new ScaledWorld(processGround())
  const hours = { timezone: 'UTC', start: '0 8 * * 1-5', end: '0 18 * * 1-5', desiredReplicas: '3' }
  const { model, overlay } = texts('office', [
    {
      name: 'clerk',
      image: 'busybox:1.36',
      cmd: ['sleep', '100000'],
      run: { command: ['sleep', '100000'] },
      scaled: { cooldownPeriod: 300, triggers: [{ type: 'cron', metadata: hours }] },
    },
  ])
  world.ground.write('app.yaml', model)
  world.ground.write('minipaas.yaml', overlay)
  await world.call('up', '-d', '--clock', 'virtual')
  const clock = async (...more: readonly string[]): Promise<ClockView> =>
    JSON.parse(await world.call('clock', ...more, '--format', 'json')) as ClockView
  let { now } = await clock()
  const first = Math.floor(now / DAY) + 1

  const seen: string[] = []
  const expected: string[] = []
  for (let day = first; day < first + 7; day++) {
    const weekday = (day + 4) % 7
    for (const { at, working } of LOOKS) {
      now = (await clock('advance', `${day * DAY + at - now}ms`)).now
      const { replicas, ready } = await world.scale('clerk')
      seen.push(`${weekday} ${at / MINUTE}: ${replicas} ${ready}`)
      const open = weekday === 0 || weekday === 6 ? 0 : working
      expected.push(`${weekday} ${at / MINUTE}: ${open} ${open}`)
    }
  }
  expect(seen).toEqual(expected)
  await world.down()
}, 120_000)
