import { describe, expect, test } from '@jest/globals'
import { instant } from '../../../src/kernel/instant.ts'
import type { ReplicaId, RevisionId } from '../../../src/model/names.ts'
import { LeastLoaded } from '../../../src/routing/balance.ts'
import { type Admission, Gate, type GateReplica } from '../../../src/routing/gate.ts'
import { cookieValue, replicaMark, stickyField } from '../../../src/routing/sticky.ts'

describe('a cookie', () => {
  test.each([
    ['a=1; acaAffinity=0123; b=2', '0123'],
    ['acaAffinity=x=y', 'x=y'],
    ['xacaAffinity=1;acaAffinity=2', '2'],
    ['acaaffinity=1', undefined],
    ['acaAffinity', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %s is %s', (field, value) => {
    expect(cookieValue(field, 'acaAffinity')).toBe(value)
  })

  test('names a replica by 16 digits that are the same every time', () => {
    const mark = replicaMark('web--a.0' as ReplicaId)
    expect(mark).toMatch(/^[0-9a-f]{16}$/)
    expect(replicaMark('web--a.0' as ReplicaId)).toBe(mark)
    expect(replicaMark('web--a.1' as ReplicaId)).not.toBe(mark)
    expect(stickyField({ name: 'c', attributes: 'Path=/' }, mark)).toBe(`c=${mark}; Path=/`)
    expect(stickyField({ name: 'c' }, mark)).toBe(`c=${mark}`)
  })
})

const replicas: readonly GateReplica[] = ['a', 'b', 'c'].map((mark) => ({
  id: `web--1.${mark}` as ReplicaId,
  revision: 'web--1' as RevisionId,
  mark,
  limit: 2,
}))

function gate(): Gate<GateReplica> {
  const made = new Gate<GateReplica>({ policy: { mode: 'hold', reason: 'x' }, maxHeld: 10 })
  made.capacity(replicas, instant(0))
  return made
}

const markOf = (admission: Admission<GateReplica>): string | undefined =>
  admission.kind === 'forward' ? admission.replica.mark : admission.kind

describe('a preferred replica', () => {
  const entry = { now: instant(0), holdMs: 1000, prefer: 'b' }

  test('is taken while it has room, else another one', () => {
    const shared = gate()
    expect([1, 2, 3].map(() => markOf(shared.admit(entry)))).toEqual(['b', 'b', 'a'])
    expect(markOf(shared.admit({ ...entry, prefer: 'gone' }))).toBe('c')
  })

  test('is not taken while it refuses connections', () => {
    const shared = gate()
    const [, second] = replicas
    if (second !== undefined) shared.refused(second, instant(0))
    expect(markOf(shared.admit(entry))).toBe('a')
  })

  test('is remembered while a request waits', () => {
    const shared = new Gate<GateReplica>({ policy: { mode: 'hold', reason: 'x' }, maxHeld: 10 })
    expect(markOf(shared.admit(entry))).toBe('hold')
    expect(shared.capacity(replicas, instant(1)).map(({ replica }) => replica.mark)).toEqual(['b'])
  })
})

describe('least in flight', () => {
  test('goes where the fewest requests are, and round where they are equal', () => {
    const shared = gate()
    shared.balance = 'least-in-flight'
    const entry = { now: instant(0), holdMs: 1000 }
    expect([1, 2, 3].map(() => markOf(shared.admit(entry)))).toEqual(['a', 'b', 'c'])
    const [, second] = replicas
    if (second !== undefined) shared.done(second, instant(0))
    expect([1, 2, 3].map(() => markOf(shared.admit(entry)))).toEqual(['b', 'c', 'a'])
  })

  test('passes over what is not usable', () => {
    const least = new LeastLoaded()
    expect(
      least.pick(
        [3, 1, 2],
        (load) => load > 1,
        (load) => load,
      ),
    ).toBe(2)
    expect(
      least.pick(
        [3],
        () => false,
        (load) => load,
      ),
    ).toBeUndefined()
  })
})
