import { describe, expect, test } from '@jest/globals'
import { createCompaction } from '../../../../runtime/daemon/compaction.ts'
import { VirtualClock } from '../../../../src/kernel/virtual-clock.ts'

describe('compaction', () => {
  function aWorld() {
    const clock = new VirtualClock()
    const world = { clock, collections: 0 }
    return Object.assign(world, { compaction: createCompaction({ clock, collect: () => world.collections++ }) })
  }

  test('begins when nobody has come back for a while, and ends', async () => {
    const world = aWorld()
    world.compaction.begin()
    await world.clock.advance(1_999)
    expect(world.collections).toBe(0)
    await world.clock.advance(1)
    expect(world.collections).toBe(1)
    await world.clock.advance(600_000)
    const { collections } = world
    expect(collections).toBeGreaterThan(2)
    await world.clock.advance(600_000)
    expect(world.collections).toBe(collections)
  })

  test('stops at once when somebody comes, and begins anew when they have gone', async () => {
    const world = aWorld()
    world.compaction.begin()
    await world.clock.advance(2_000)
    world.compaction.interrupt()
    await world.clock.advance(600_000)
    expect(world.collections).toBe(1)
    world.compaction.begin()
    await world.clock.advance(2_000)
    expect(world.collections).toBe(2)
  })
})
