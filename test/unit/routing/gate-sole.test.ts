import { expect, test } from '@jest/globals'
import { instant } from '../../../src/kernel/instant.ts'
import type { ReplicaId, RevisionId } from '../../../src/model/names.ts'
import { Gate, type GateReplica } from '../../../src/routing/gate.ts'

const a: GateReplica = { id: 'a' as ReplicaId, revision: 'r' as RevisionId }
const b: GateReplica = { id: 'b' as ReplicaId, revision: 'r' as RevisionId }
const limited: GateReplica = { id: 'c' as ReplicaId, revision: 'r' as RevisionId, limit: 5 }
const now = instant(0)

function gateWith(...ready: readonly GateReplica[]): Gate<GateReplica> {
  const gate = new Gate<GateReplica>({ policy: { mode: 'hold', reason: 'starting' }, maxHeld: 10 })
  gate.capacity(ready, now)
  return gate
}

test('a gate knows the only replica while there is one that takes all that comes', () => {
  expect(gateWith().sole).toBeUndefined()
  expect(gateWith(a).sole).toBe(a)
  expect(gateWith(a, b).sole).toBeUndefined()
  expect(gateWith(limited).sole).toBeUndefined()
})

test('a replica that refuses connections is not the only one, nor is one for which something waits', () => {
  const gate = gateWith(a)
  gate.refused(a, now)
  expect(gate.sole).toBeUndefined()
  const busy = gateWith(a)
  busy.admit({ now, holdMs: 1000, revision: 'other' as RevisionId })
  expect(busy.sole).toBeUndefined()
})

test('what occupies a replica counts as in flight until it is done, also when the replica has gone', () => {
  const gate = gateWith(a)
  gate.occupy(a)
  expect(gate.inFlight).toBe(1)
  gate.capacity([], now)
  gate.occupy(a)
  gate.occupy(b)
  expect(gate.inFlight).toBe(3)
  for (const replica of [a, a, b]) gate.done(replica, now)
  expect(gate.inFlight).toBe(0)
})
