import { expect, test } from '@jest/globals'
import { foldLastEnds, type LastEnds } from '../../../src/control/last-ends.ts'
import { aReplica, type ReplicaBuilder } from '../../kit/builders.ts'

const web = aReplica('web', '7f3')

function ends(...seen: readonly ReplicaBuilder[]): readonly string[] {
  let known: LastEnds = new Map()
  for (const replica of seen) known = foldLastEnds(known, [replica.build()])
  return [...known.values()].map(({ why, at }) => `${at}: ${why}`)
}

test('the reason stays when the container runs again', () => {
  expect(ends(web)).toEqual([])
  expect(ends(web, web.exited(3, 5000), web.container({ restarts: 1 }))).toEqual(['5000: web exited with code 3'])
  const killed = web.container({ state: 'exited', signal: 'SIGKILL' })
  expect(ends(web, web.exited(3, 5000), web, killed, web)).toEqual(['0: web was ended by SIGKILL'])
})

test('what ends before everything runs again is a consequence, not the reason', () => {
  const killed = web.container({ state: 'exited', signal: 'SIGKILL' })
  expect(ends(web.exited(3, 5000), killed, web)).toEqual(['5000: web exited with code 3'])
})

test('an end that nobody saw is told with what the engine knows', () => {
  const cut = web.container({ state: 'exited' }).with({ unhealthy: 'its sandbox was removed' })
  expect(ends(cut, web)).toEqual(['0: its sandbox was removed'])
})

test('a restart that was asked for, and a replica that is gone, need no explanation', () => {
  expect(ends(web.exited(143, 5000), web.token(1))).toEqual([])
  expect(foldLastEnds(foldLastEnds(new Map(), [web.exited(1).build()]), [])).toEqual(new Map())
})

test('init containers that did what they should are no ends', () => {
  expect(ends(web.beside('prepare', 'init', { state: 'exited', exitCode: 0 }))).toEqual([])
})

test('nothing new is the same value', () => {
  const known = foldLastEnds(new Map(), [web.exited(1).build()])
  expect(foldLastEnds(known, [web.exited(1).build()])).toBe(known)
})
