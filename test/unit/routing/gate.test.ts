import { describe, expect, test } from '@jest/globals'
import { type Instant, instant } from '../../../src/kernel/instant.ts'
import type { GatePolicy } from '../../../src/model/edge.ts'
import type { ReplicaId, RevisionId } from '../../../src/model/names.ts'
import { type Admission, Gate, type GateReplica, REFUSED_HOLD_MS, REFUSED_SKIP_MS } from '../../../src/routing/gate.ts'

const hold: GatePolicy = { mode: 'hold', reason: 'starting' }
const refuse: GatePolicy = { mode: 'refuse', status: 503, code: 'MP6003', reason: 'stopped', retryAfterMs: 2000 }

function replica(id: string, limit?: number): GateReplica {
  return { id: id as ReplicaId, revision: id.slice(0, 1) as RevisionId, ...(limit === undefined ? {} : { limit }) }
}

function gateOf(
  policy: GatePolicy = hold,
  maxHeld = 10,
): { gate: Gate<GateReplica>; admit: (at: number, revision?: string) => Admission<GateReplica> } {
  const gate = new Gate<GateReplica>({ policy, maxHeld })
  return { gate, admit: (at, revision) => gate.admit({ now: instant(at), holdMs: 1000, revision: revision as RevisionId | undefined }) }
}

const at = (ms: number): Instant => instant(ms)

describe('a gate', () => {
  test('holds without replicas and releases in order', () => {
    const { gate, admit } = gateOf()
    expect([admit(0), admit(1)]).toEqual([
      { kind: 'hold', ticket: 1, until: 1000 },
      { kind: 'hold', ticket: 2, until: 1001 },
    ])
    const a = replica('a0')
    expect(gate.capacity([a], at(5))).toEqual([
      { ticket: 1, replica: a },
      { ticket: 2, replica: a },
    ])
    expect([gate.held, gate.inFlight]).toEqual([0, 2])
  })

  test('refuses by policy, and whatever waited when the policy changes', () => {
    const { gate, admit } = gateOf()
    admit(0)
    expect(gate.change(refuse, 10)).toEqual([1])
    expect(admit(1)).toEqual({ kind: 'refuse', status: 503, code: 'MP6003', reason: 'stopped', retryAfterMs: 2000 })
  })

  test('refuses when too many wait', () => {
    const { admit } = gateOf(hold, 1)
    admit(0)
    expect(admit(0)).toMatchObject({ kind: 'refuse', code: 'MP6010', retryAfterMs: 1000 })
  })

  test('expires tickets at their time and knows when that is', () => {
    const { gate, admit } = gateOf()
    admit(0)
    admit(500)
    expect(gate.nextChange()).toBe(1000)
    expect(gate.expire(at(999))).toEqual([])
    expect(gate.expire(at(1000))).toEqual([1])
    expect(gate.nextChange()).toBe(1500)
    expect(gate.cancel(2)).toBe(true)
    expect(gate.nextChange()).toBeUndefined()
  })

  test('keeps to the limit of a replica and goes on when one request is done', () => {
    const { gate, admit } = gateOf()
    const a = replica('a0', 1)
    gate.capacity([a], at(0))
    expect(admit(0)).toEqual({ kind: 'forward', ticket: 1, replica: a })
    expect(admit(0)).toMatchObject({ kind: 'hold', ticket: 2 })
    expect(gate.done(a, at(1))).toEqual([{ ticket: 2, replica: a }])
  })

  test('gives a revision only to those who want it, without blocking the others', () => {
    const { gate, admit } = gateOf()
    const a = replica('a0')
    gate.capacity([a], at(0))
    expect(admit(0, 'b')).toMatchObject({ kind: 'hold', ticket: 1 })
    expect(admit(0)).toMatchObject({ kind: 'forward', replica: a })
    const b = replica('b0')
    expect(gate.capacity([a, b], at(1))).toEqual([{ ticket: 1, replica: b }])
  })

  test('counts what a replica still has in flight after it was taken away', () => {
    const { gate, admit } = gateOf()
    const a = replica('a0')
    gate.capacity([a], at(0))
    admit(0)
    gate.capacity([], at(1))
    expect(gate.inFlight).toBe(1)
    gate.done(a, at(2))
    expect(gate.inFlight).toBe(0)
  })
})

describe('a replica that refuses', () => {
  test('is passed over, then tried with one request, then open again', () => {
    const { gate, admit } = gateOf(refuse)
    const a = replica('a0')
    gate.capacity([a], at(0))
    admit(0)
    gate.refused(a, at(0))
    expect(gate.readmit(1, a, { now: at(0), holdMs: 60_000 })).toEqual({ kind: 'hold', ticket: 1, until: REFUSED_HOLD_MS })
    expect(gate.refusing).toBe(true)
    expect(admit(1)).toMatchObject({ kind: 'hold', ticket: 2 })
    expect(gate.retry(at(REFUSED_SKIP_MS - 1))).toEqual([])
    expect(gate.nextChange()).toBe(REFUSED_SKIP_MS)
    expect(gate.retry(at(REFUSED_SKIP_MS))).toEqual([{ ticket: 1, replica: a }])
    expect(gate.accepted(a, at(300))).toEqual([{ ticket: 2, replica: a }])
    expect(gate.refusing).toBe(false)
  })

  test('is given up after a while, however often the request comes back', () => {
    const { gate, admit } = gateOf()
    const a = replica('a0')
    gate.capacity([a], at(0))
    admit(0)
    expect(gate.refused(a, at(0))).toBe(true)
    gate.readmit(1, a, { now: at(0), holdMs: 60_000 })
    for (let now = REFUSED_SKIP_MS; now < REFUSED_HOLD_MS; now += REFUSED_SKIP_MS) {
      expect(gate.retry(at(now))).toEqual([{ ticket: 1, replica: a }])
      expect(gate.refused(a, at(now))).toBe(false)
      expect(gate.readmit(1, a, { now: at(now), holdMs: 60_000 })).toMatchObject({ kind: 'hold' })
    }
    expect(gate.retry(at(REFUSED_HOLD_MS))).toHaveLength(1)
    gate.refused(a, at(REFUSED_HOLD_MS))
    expect(gate.readmit(1, a, { now: at(REFUSED_HOLD_MS), holdMs: 60_000 })).toMatchObject({ kind: 'refuse', status: 502, code: 'MP6012' })
    gate.capacity([], at(REFUSED_HOLD_MS))
    gate.capacity([a], at(REFUSED_HOLD_MS))
    expect(admit(REFUSED_HOLD_MS + REFUSED_SKIP_MS)).toMatchObject({ kind: 'forward' })
  })

  test('sends its request to another one', () => {
    const { gate, admit } = gateOf()
    const [a, b] = [replica('a0'), replica('b0')]
    gate.capacity([a, b], at(0))
    expect(admit(0)).toMatchObject({ replica: a })
    gate.refused(a, at(0))
    expect(gate.readmit(1, a, { now: at(0), holdMs: 1000 })).toEqual({ kind: 'forward', ticket: 1, replica: b })
    for (let turn = 0; turn < 3; turn++) expect(admit(1)).toMatchObject({ replica: b })
  })

  test('gives the trial to the next one when its client goes', () => {
    const { gate, admit } = gateOf()
    const a = replica('a0')
    gate.capacity([a], at(0))
    admit(0)
    gate.refused(a, at(0))
    gate.readmit(1, a, { now: at(0), holdMs: 1000 })
    admit(0)
    expect(gate.retry(at(300))).toEqual([{ ticket: 1, replica: a }])
    expect(gate.retry(at(301))).toEqual([])
    expect(gate.done(a, at(302))).toEqual([{ ticket: 2, replica: a }])
  })
})
