import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { HouseProgramReader } from '../../../../../../runtime/engines/docker/edge/house-programs.ts'
import { scratchDirectory } from '../../../../../kit/scratch.ts'

test('the programs are read with the parts that one of them loads, and again only when they have changed', async () => {
  using folder = scratchDirectory()
  const [edgeProgram, metersProgram] = [`${folder.path}/edge.js`, `${folder.path}/meters.js`]
  writeFileSync(edgeProgram, 'edge')
  writeFileSync(metersProgram, 'meters')
  const alone = await new HouseProgramReader({ edgeProgram, metersProgram }).read()
  expect([...alone.files.keys()]).toEqual(['edge.js', 'meters.js'])
  mkdirSync(`${folder.path}/meters`)
  for (const name of ['redis.js', 'kafka.js']) writeFileSync(`${folder.path}/meters/${name}`, name)

  const reader = new HouseProgramReader({ edgeProgram, metersProgram })
  const first = await reader.read()
  expect([...first.files].map(([name, content]) => `${name}: ${content.toString()}`)).toEqual([
    'edge.js: edge',
    'meters.js: meters',
    'meters/kafka.js: kafka.js',
    'meters/redis.js: redis.js',
  ])
  expect([first.type, first.digest === alone.digest]).toEqual(['commonjs', false])
  expect(await reader.read()).toBe(first)
  appendFileSync(metersProgram, '!')
  const second = await reader.read()
  expect(second.files.get('meters.js')?.toString()).toBe('meters!')
  expect(second.digest).not.toBe(first.digest)
})

test('a program that is missing is an error, not an image without it', async () => {
  using folder = scratchDirectory()
  writeFileSync(`${folder.path}/edge.mjs`, 'edge')
  const reader = new HouseProgramReader({ edgeProgram: `${folder.path}/edge.mjs`, metersProgram: `${folder.path}/meters.js` })
  await expect(reader.read()).rejects.toThrow('meters.js')
  writeFileSync(`${folder.path}/meters.js`, '')
  expect((await reader.read()).type).toBe('module')
})
