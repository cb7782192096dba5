import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { EnvironmentControl } from '../../src/control/environment-control.ts'
import type { ControlWorld } from './control-world.ts'

function sampleText(sample: string, file: string): string {
  const path = fileURLToPath(new URL(`../../${sample}/${file}`, import.meta.url))
  if (!existsSync(path)) throw new Error(`${sample} has no file ${file}`)
  return readFileSync(path, 'utf8')
}

/** Applies a sample (`samples/oam/greeting`) with its overlay, as its user would in its directory. */
export function upSample(world: ControlWorld, sample: string): Promise<EnvironmentControl> {
  world.files.texts.set('/minipaas.yaml', sampleText(sample, 'minipaas.yaml'))
  return world.up(sampleText(sample, 'app.yaml'))
}
