import { describe, expect, test } from '@jest/globals'
import { createDaemonLogger } from '../../../../runtime/daemon/daemon-logger.ts'
import { keepBeating } from '../../../../runtime/daemon/heartbeat.ts'
import { createIdleness } from '../../../../runtime/daemon/idleness.ts'
import type { Logger } from '../../../../src/kernel/logger.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'

describe('idleness', () => {
  function aWorld() {
    const clock = new VirtualClock()
    const world = { clock, work: false, idle: 0 }
    const idleness = createIdleness({ clock, idleMs: 60_000, hasWork: () => world.work, onIdle: () => world.idle++ })
    return Object.assign(world, { idleness })
  }

  test('is noticed once the whole time is over', async () => {
    const world = aWorld()
    world.idleness.review()
    await world.clock.advance(59_999)
    expect(world.idle).toBe(0)
    await world.clock.advance(1)
    expect(world.idle).toBe(1)
  })

  test('begins anew after each client', async () => {
    const world = aWorld()
    world.idleness.review()
    for (let round = 0; round < 3; round++) {
      await world.clock.advance(50_000)
      const client = world.idleness.clientPresent()
      await world.clock.advance(200_000)
      client[Symbol.dispose]()
      client[Symbol.dispose]()
    }
    expect([world.idle, world.idleness.clients]).toEqual([0, 0])
    await world.clock.advance(60_000)
    expect(world.idle).toBe(1)
  })

  test('does not begin while there is work', async () => {
    const world = aWorld()
    world.work = true
    world.idleness.review()
    world.idleness.clientPresent()[Symbol.dispose]()
    await world.clock.advance(600_000)
    expect(world.idle).toBe(0)
    world.work = false
    world.idleness.review()
    await world.clock.advance(60_000)
    expect(world.idle).toBe(1)
  })

  test('work that came unnoticed counts', async () => {
    const world = aWorld()
    world.idleness.review()
    world.work = true
    await world.clock.advance(60_000)
    expect(world.idle).toBe(0)
  })

  test('is over with its disposal', async () => {
    const world = aWorld()
    world.idleness.review()
    world.idleness[Symbol.dispose]()
    world.idleness.review()
    await world.clock.advance(600_000)
    expect(world.idle).toBe(0)
  })
})

describe('the heartbeat', () => {
  function aHeart() {
    const clock = new VirtualClock()
    const over = new AbortController()
    const messages: string[] = []
    const logger: Logger = { log: (_level, message) => messages.push(message), with: () => logger }
    const beats: number[] = []
    const heart = { clock, messages, beats, held: true, lost: 0, guardFails: false, stop: () => over.abort() }
    const done = keepBeating(
      {
        clock,
        logger,
        renewLease: async () => void beats.push(clock.now()),
        ensureGuard: async () => {
          if (heart.guardFails) throw new Error('no guard')
        },
        isLockHeld: async () => heart.held,
        onLockLost: () => {
          heart.lost++
          over.abort()
        },
      },
      over.signal,
    )
    return Object.assign(heart, { done })
  }

  test('beats at once and every 10 s until it is stopped', async () => {
    const heart = aHeart()
    await heart.clock.advance(30_000)
    expect(heart.beats).toEqual([0, 10_000, 20_000, 30_000])
    heart.stop()
    await heart.done
    await heart.clock.advance(30_000)
    expect(heart.beats).toHaveLength(4)
  })

  test('goes on when a part of a beat fails', async () => {
    const heart = aHeart()
    heart.guardFails = true
    await heart.clock.advance(20_000)
    expect(heart.beats).toHaveLength(3)
    expect(heart.messages).toContain('the start of the guard failed')
    heart.stop()
  })

  test('ends without a further lease when the lock is lost', async () => {
    const heart = aHeart()
    await heart.clock.advance(0)
    heart.held = false
    await heart.clock.advance(10_000)
    await heart.done
    expect([heart.lost, heart.beats]).toEqual([1, [0]])
  })
})

describe('the log of the daemon', () => {
  test.each([
    ['', []],
    ['edge', ['edge line']],
    ['api, edge', ['edge line', 'api line']],
    ['*', ['edge line', 'api line', 'no area']],
  ])('MINIPAAS_DEBUG=%j keeps the debug lines of its areas', (debug, expected) => {
    const lines: string[] = []
    const logger = createDaemonLogger({ clock: new VirtualClock(), write: (line) => lines.push(line), debug })
    logger.log('debug', 'edge line', { area: 'edge' })
    logger.with({ area: 'api' }).log('debug', 'api line')
    logger.log('debug', 'no area')
    expect(lines.map((line) => (JSON.parse(line) as { readonly message: string }).message)).toEqual(expected)
  })

  test('one JSON object a line, with the fields of its scope', () => {
    const lines: string[] = []
    const logger = createDaemonLogger({ clock: new VirtualClock(), write: (line) => lines.push(line), debug: '' })
    logger.with({ app: 'shop', code: 'MP4001' }).log('warn', 'two\nlines', { replica: 'web--1.0' })
    expect(lines).toEqual([
      '{"at":"1970-01-01T00:00:00.000Z","level":"warn","message":"two\\nlines","app":"shop","code":"MP4001","replica":"web--1.0"}',
    ])
  })
})
