import { VirtualClock } from '../../../src/kernel/virtual-clock.ts'
import { createMemoryEngine } from '../../../src/simulate/memory-engine.ts'
import { meterConformance } from './meter-suite.ts'

meterConformance('memory', async () => {
  const clock = new VirtualClock()
  const engine = createMemoryEngine({ clock })
  const owner = { environment: 'test', instance: 'daemon-1' }
  return {
    engine,
    owner,
    script({ id, type, settings }) {
      if (type === 'fixed') engine.meters.setReading(id, Number(settings.value))
      if (type === 'failed') engine.meters.setReading(id, { error: settings.why ?? '' })
    },
    push: (id) => engine.meters.becomeActive(id),
    async kill() {
      engine.meters.setAway('it was killed')
      engine.meters.setAway(undefined)
    },
    left: async () => (engine.meters.triggers(owner.environment) === undefined ? [] : ['in process']),
    async until(check) {
      for (let attempt = 0; attempt < 100; attempt++) {
        const found = await check()
        if (found !== undefined) return found
        await clock.advance(0)
      }
      throw new Error('not so after 100 turns')
    },
    dispose: async () => {},
  }
})
