import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createEnvironmentStore } from '../../../../runtime/state/environment-store.ts'
import { type Instant, instant } from '../../../../src/kernel/instant.ts'
import type { Logger } from '../../../../src/kernel/logger.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'
import type { Envelope } from '../../../../src/wire/events.ts'
import { scratchDirectory } from '../../../kit/scratch.ts'

function aStore(folder: string, options: { readonly start?: Instant; readonly maxEventBytes?: number } = {}) {
  const messages: string[] = []
  const logger: Logger = { log: (_level, message) => messages.push(message), with: () => logger }
  const clock = new VirtualClock({ start: options.start ?? instant(1_764_000_000_000) })
  const cap = options.maxEventBytes === undefined ? {} : { maxEventBytes: options.maxEventBytes }
  return { messages, store: createEnvironmentStore({ folder, clock, logger, instance: 'abcdef0123456789', ...cap }) }
}

const envelope = (seq: number): Envelope => ({ v: 1, seq, at: instant(0), body: { type: 'notice', level: 'info', text: `n${seq}` } })

describe('the environment store', () => {
  test('remembers what was saved, by environment', async () => {
    using scratch = scratchDirectory()
    const { store } = aStore(scratch.path)
    await store.save('shop', { wanted: 1 })
    await store.save('blog', { wanted: 2 })
    expect(await store.names()).toEqual(['blog', 'shop'])
    expect(await aStore(scratch.path).store.load('shop')).toEqual({ wanted: 1 })
    expect(await store.load('nowhere')).toBeUndefined()
  })

  test('of many saves at once the last one stays, and each waits until at least its own is written', async () => {
    using scratch = scratchDirectory()
    const { store } = aStore(scratch.path)
    const read = () => (JSON.parse(readFileSync(join(scratch.path, 'shop', 'state.json'), 'utf8')) as { state: number }).state
    const saves = Array.from({ length: 50 }, async (_, index) => {
      await store.save('shop', index)
      expect(read()).toBeGreaterThanOrEqual(index)
    })
    await Promise.all(saves)
    expect(await store.load('shop')).toBe(49)
  })

  test.each([['{"v":2,"state":{}}'], ['{"v":1,"sta'], ['null']])('sets %s aside and says so', async (content) => {
    using scratch = scratchDirectory()
    const { store, messages } = aStore(scratch.path)
    mkdirSync(join(scratch.path, 'shop'))
    writeFileSync(join(scratch.path, 'shop', 'state.json'), content)
    expect(await store.load('shop')).toBeUndefined()
    expect(readdirSync(join(scratch.path, 'shop'))).toEqual(['state.json.set-aside-1'])
    expect(messages).toEqual([expect.stringContaining('set aside')])
  })

  test.each(['..', '../evil', 'a/b', 'a\\b', '.', '', 'Shop', '-a', 'a'.repeat(64), 'con.txt'])('refuses the name %j', async (name) => {
    using scratch = scratchDirectory()
    const { store } = aStore(scratch.path)
    await expect(store.save(name, {})).rejects.toThrow('not the name of an environment')
    await expect(store.load(name)).rejects.toThrow('not the name of an environment')
    await expect(store.remove(name)).rejects.toThrow('not the name of an environment')
    expect(readdirSync(scratch.path)).toEqual([])
  })

  test('keeps the events of a run in one file of limited size', async () => {
    using scratch = scratchDirectory()
    const { store } = aStore(scratch.path, { maxEventBytes: 1000 })
    for (let seq = 1; seq <= 100; seq++) {
      store.record('shop', envelope(seq))
      if (seq % 5 === 0) await store.flush()
    }
    const files = readdirSync(join(scratch.path, 'shop', 'events'))
    expect(files.sort()).toEqual(['20251124T160000Z-abcdef01.ndjson', '20251124T160000Z-abcdef01.ndjson.1'])
    const lines = readFileSync(join(scratch.path, 'shop', 'events', files[0] ?? ''), 'utf8')
      .trimEnd()
      .split('\n')
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual(envelope(100))
  })

  test('keeps the events of the last ten runs', async () => {
    using scratch = scratchDirectory()
    for (let run = 0; run < 13; run++) {
      const { store } = aStore(scratch.path, { start: instant(1_764_000_000_000 + run * 1000) })
      store.record('shop', envelope(1))
      await store.flush()
    }
    const files = readdirSync(join(scratch.path, 'shop', 'events')).sort()
    expect(files.length).toBeGreaterThanOrEqual(10)
    expect(files.length).toBeLessThanOrEqual(11)
    expect(files.at(-1)).toMatch(/^20251124T160012Z/)
  })

  test('forgets an environment without a trace', async () => {
    using scratch = scratchDirectory()
    const { store } = aStore(scratch.path)
    await store.save('shop', {})
    store.record('shop', envelope(1))
    await store.remove('shop')
    await store.flush()
    expect(existsSync(join(scratch.path, 'shop'))).toBe(false)
    expect(await store.names()).toEqual([])
  })
})
