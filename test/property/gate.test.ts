import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { after, type Instant, instant } from '../../src/kernel/instant.ts'
import type { GatePolicy } from '../../src/model/edge.ts'
import type { ReplicaId, RevisionId } from '../../src/model/names.ts'
import { Gate, type GateReplica } from '../../src/routing/gate.ts'

const hold: GatePolicy = { mode: 'hold', reason: 'starting' }
const refuse: GatePolicy = { mode: 'refuse', status: 503, code: 'MP4001', reason: 'stopped' }

const pool: readonly GateReplica[] = ['a', 'a', 'b'].map((revision, index) => ({
  id: `${revision}.${index}` as ReplicaId,
  revision: revision as RevisionId,
  limit: index + 1,
}))

type Move =
  | { readonly do: 'admit'; readonly revision: string | undefined; readonly holdMs: number }
  | { readonly do: 'capacity'; readonly ready: readonly number[] }
  | { readonly do: 'policy'; readonly policy: GatePolicy }
  | { readonly do: 'done' | 'cancel' | 'undeliverable' | 'accepted'; readonly pick: number }
  | { readonly do: 'wait'; readonly ms: number }

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('admit' as const),
      revision: fc.constantFrom(undefined, undefined, 'a', 'b'),
      holdMs: fc.integer({ min: 10, max: 2000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('capacity' as const), ready: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), policy: fc.constantFrom(hold, refuse) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('done' as const, 'cancel' as const, 'undeliverable' as const, 'accepted' as const),
      pick: fc.nat(50),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 600 }) }) },
)

/** Follows a gate from outside: where each ticket is, and whether a move may have put it there. */
class Witness {
  readonly gate: Gate<GateReplica>
  readonly maxHeld: number
  now: Instant = instant(0)
  readonly held = new Map<number, { readonly revision: string | undefined; readonly until: Instant }>()
  readonly running = new Map<number, { readonly replica: GateReplica; readonly revision: string | undefined }>()
  readonly ended = new Set<number>()
  entered = 0

  constructor(maxHeld: number) {
    this.maxHeld = maxHeld
    this.gate = new Gate({ policy: hold, maxHeld })
  }

  make(next: Move): void {
    switch (next.do) {
      case 'admit': {
        this.entered++
        const revision = next.revision as RevisionId | undefined
        this.settle(this.gate.admit({ now: this.now, holdMs: next.holdMs, revision }), next.revision)
        break
      }
      case 'capacity':
        this.release(
          this.gate.capacity(
            next.ready.map((index) => pool[index] as GateReplica),
            this.now,
          ),
        )
        break
      case 'policy': {
        const refused = this.gate.change(next.policy, this.maxHeld)
        this.expectSorted(refused)
        for (const ticket of refused) this.end(ticket)
        break
      }
      case 'wait':
        this.now = after(this.now, next.ms)
        for (const ticket of this.gate.expire(this.now)) {
          expect(this.held.get(ticket)?.until).toBeLessThanOrEqual(this.now)
          this.end(ticket)
        }
        this.release(this.gate.retry(this.now))
        break
      case 'done': {
        const [ticket, run] = this.nth(this.running, next.pick)
        if (ticket === undefined || run === undefined) break
        this.running.delete(ticket)
        this.ended.add(ticket)
        this.release(this.gate.done(run.replica, this.now))
        break
      }
      case 'undeliverable': {
        const [ticket, run] = this.nth(this.running, next.pick)
        if (ticket === undefined || run === undefined) break
        this.running.delete(ticket)
        this.gate.refused(run.replica, this.now)
        const revision = run.revision as RevisionId | undefined
        this.settle(this.gate.readmit(ticket, run.replica, { now: this.now, holdMs: 500, revision }), run.revision)
        break
      }
      case 'accepted': {
        const [ticket, run] = this.nth(this.running, next.pick)
        if (ticket !== undefined && run !== undefined) this.release(this.gate.accepted(run.replica, this.now))
        break
      }
      case 'cancel': {
        const [ticket] = this.nth(this.held, next.pick)
        if (ticket === undefined) break
        expect(this.gate.cancel(ticket)).toBe(true)
        expect(this.gate.cancel(ticket)).toBe(false)
        this.end(ticket)
        break
      }
    }
    this.check()
  }

  settle(admission: ReturnType<Gate<GateReplica>['admit']>, revision: string | undefined): void {
    switch (admission.kind) {
      case 'forward':
        // Nobody overtakes: no older ticket may still wait for the same replicas.
        for (const [ticket, other] of this.held) if (other.revision === revision) expect(ticket).toBeGreaterThan(admission.ticket)
        this.start(admission.ticket, admission.replica, revision)
        break
      case 'hold':
        this.held.set(admission.ticket, { revision, until: admission.until })
        break
      case 'refuse':
        this.entered--
        break
    }
  }

  release(releases: ReturnType<Gate<GateReplica>['retry']>): void {
    this.expectSorted(releases.map((release) => release.ticket))
    for (const { ticket, replica } of releases) {
      const held = this.held.get(ticket)
      expect(held).toBeDefined()
      this.held.delete(ticket)
      this.start(ticket, replica, held?.revision)
    }
    for (const { ticket } of releases) {
      const revision = this.running.get(ticket)?.revision
      for (const [other, waiting] of this.held) if (waiting.revision === revision) expect(other).toBeGreaterThan(ticket)
    }
  }

  start(ticket: number, replica: GateReplica, revision: string | undefined): void {
    if (revision !== undefined) expect(replica.revision).toBe(revision)
    this.running.set(ticket, { replica, revision })
  }

  end(ticket: number): void {
    expect(this.held.delete(ticket)).toBe(true)
    this.ended.add(ticket)
  }

  expectSorted(tickets: readonly number[]): void {
    expect([...tickets].sort((left, right) => left - right)).toEqual(tickets)
  }

  check(): void {
    expect(this.gate.held).toBe(this.held.size)
    expect(this.gate.inFlight).toBe(this.running.size)
    expect(this.held.size).toBeLessThanOrEqual(this.maxHeld)
    for (const replica of pool) {
      const count = [...this.running.values()].filter((run) => run.replica === replica).length
      expect(count).toBeLessThanOrEqual(replica.limit ?? 0)
    }
    const next = this.gate.nextChange()
    if (this.held.size > 0) expect(next).toBeDefined()
    else expect(next).toBeUndefined()
  }

  nth<T>(map: ReadonlyMap<number, T>, index: number): readonly [number | undefined, T | undefined] {
    const entries = [...map]
    return entries[index % Math.max(1, entries.length)] ?? [undefined, undefined]
  }
}

test('a gate is first come first served, loses no ticket and keeps its limits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(move, { maxLength: 120 }), (maxHeld, moves) => {
      const witness = new Witness(maxHeld)
      for (const next of moves) witness.make(next)
    }),
    { numRuns: 400 },
  )
})

test('whatever happened, unlimited ready replicas release everything at once and in order', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const witness = new Witness(50)
      for (const next of moves) witness.make(next)
      const open: readonly GateReplica[] = ['a', 'b'].map((revision) => ({
        id: `${revision}.9` as ReplicaId,
        revision: revision as RevisionId,
      }))
      witness.release(witness.gate.capacity(open, witness.now))
      expect(witness.gate.held).toBe(0)
    }),
  )
})
