import { existsSync } from 'node:fs'
import { livingCompanion } from '../../../runtime/process-identity/companion.ts'
import { eventually } from '../../kit/eventually.ts'
import { ProcessWorld } from '../../kit/process-world.ts'
import { meterConformance } from './meter-suite.ts'

meterConformance('process', async () => {
  const world = new ProcessWorld()
  const { owner } = world
  const folder = `${world.home}/environments/${owner.environment}/meters`
  const record = `${folder}/meters.json`
  return {
    engine: world.engine,
    owner,
    script: () => {},
    push: () => {},
    kill: async () => void process.kill(livingCompanion(record)?.pid ?? 0, 'SIGKILL'),
    left: async () => {
      const living = livingCompanion(record)
      if (living !== undefined) return [`pid ${living.pid}`]
      return existsSync(folder) ? [folder] : []
    },
    until: (check) => eventually(check),
    other: () => world.openEngine(),
    dispose: () => world[Symbol.asyncDispose](),
  }
})
