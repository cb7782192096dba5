import { resolve } from 'node:path'
import { type Goal, interleave, median } from '../harness.ts'
import { BenchPlace } from './place.ts'

/** `minipaas ps` of the running sample, from the start of the process to its end, against a Node that does nothing. Goal: 1.8. */
export async function measurePs(rounds = 41): Promise<readonly Goal[]> {
  using place = new BenchPlace()
  place.cli('up', '-d', '--wait', '-f', resolve('samples/shop'), '--project-name', 'shop')
  const sides = {
    ps: (): undefined => void place.cli('ps'),
    bare: (): undefined => void place.node('-e', '0'),
  }
  const measured = await interleave(sides, { rounds, warmUp: 3 })
  const [ours, bare] = [median(measured.ps), median(measured.bare)]
  return [{ name: 'ps of the shop / node -e 0', value: ours / bare, atMost: 1.8, detail: `${ours.toFixed(1)} ms, ${bare.toFixed(1)} ms` }]
}
