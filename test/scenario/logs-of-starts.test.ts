import { expect, test } from '@jest/globals'
import type { Start } from '../../src/simulate/scenario.ts'
import { ControlWorld } from '../kit/control-world.ts'
import { application, webservice } from '../kit/oam-text.ts'

const init =
  '{ type: init-container, properties: { name: migrate, image: "tool:1", cmd: [migrate], mountName: data, appMountPath: /data, initMountPath: /data } }'
const shop = application({ components: [webservice('web', 'web:1', `traits: [${init}]`)] })

/** An init container that fails twice and then succeeds. */
function flaky(): (start: Start) => object {
  let attempts = 0
  return ({ container }) => {
    if (container !== 'migrate') return { says: [{ afterMs: 0, text: 'serving' }] }
    const attempt = ++attempts
    return { says: [{ afterMs: 100, text: `attempt ${attempt}` }], exits: { afterMs: 500, code: attempt < 3 ? 9 : 0 } }
  }
}

test('following output must see every attempt of a start, also those that failed', async () => {
  await using world = new ControlWorld({ web: flaky() })
  await world.up(shop)
  const reading = new AbortController()
  const lines: string[] = []
  const done = (async () => {
    for await (const record of world.environment.logs({ components: [], follow: true }, reading.signal))
      lines.push(`${record.source} ${record.container}: ${record.text}`)
  })()
  await world.until(() => world.component('web').healthy)
  await world.clock.advance(0)
  reading.abort()
  await done
  expect(lines).toEqual(['init migrate: attempt 1', 'init migrate: attempt 2', 'init migrate: attempt 3', 'app web: serving'])
})

test('a container that nothing has must be refused, and not be followed for ever', async () => {
  await using world = new ControlWorld()
  await world.up(shop)
  await world.until(() => world.component('web').healthy)
  const read = async (container: string): Promise<number> => {
    let count = 0
    for await (const _ of world.environment.logs({ components: ['web'], container, follow: false }, new AbortController().signal)) count++
    return count
  }
  expect(await read('migrate')).toBe(0)
  await expect(read('proxy')).rejects.toMatchObject({ status: 404, error: { code: 'MP4108', next: 'containers here: migrate, web' } })
})
