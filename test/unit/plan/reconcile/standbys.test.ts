import { describe, expect, test } from '@jest/globals'
import type { DesiredRevision } from '../../../../src/model/desired.ts'
import type { ObservedReplica } from '../../../../src/model/observed.ts'
import type { StandbyRole } from '../../../../src/model/step.ts'
import { standbysFound } from '../../../../src/plan/reconcile/standby-roles.ts'
import { aComponent, anObservation, aReplica, aReplicaId, aRevision } from '../../../kit/builders.ts'
import { aFailure, planFor, planText, type Situation, stepKeys, wanted } from '../../../kit/planning.ts'

const web = aRevision(aComponent('web'), '7f3')
const id = (ordinal: number, hash = '7f3') => aReplicaId('web', hash, ordinal)
const replica = (ordinal: number, hash = '7f3'): ObservedReplica => aReplica('web', hash, ordinal).build()
const frozen = (ordinal: number, hash = '7f3'): ObservedReplica => ({ ...replica(ordinal, hash), frozen: true })
const beside = (replicas: number, standby: number, restartToken = 0): DesiredRevision => ({
  ...wanted(web, replicas, restartToken),
  standby,
})
const roles = (...entries: readonly (readonly [number, StandbyRole])[]) => new Map(entries.map(([ordinal, role]) => [id(ordinal), role]))
const capabilities = { runs: 'anything', sandboxes: false, images: false, freezes: true } as const
const text = (situation: Situation): string => planText({ capabilities, ...situation })

describe('standing by', () => {
  test('a replica is started, waited for and frozen while none is wanted', () => {
    const situation = { capabilities, wanted: [beside(0, 1)] }
    expect(text(situation)).toBe(`
#1 start  web--7f3.0            standby  [web]
#2 ready  web--7f3.0  after #1  standby  [web]
#3 freeze web--7f3.0  after #2  standby  [web]
`)
    expect(planFor(situation).standbys).toEqual(roles([0, 'waiting']))
  })

  test('wanted replicas are ready before one is started beside them', () => {
    expect(text({ wanted: [beside(1, 1)] })).toBe(`
#1 start  web--7f3.0            missing replica  [web]
#2 ready  web--7f3.0  after #1  new replica      [web]
#3 start  web--7f3.1  after #2  standby          [web]
#4 ready  web--7f3.1  after #3  standby          [web]
#5 freeze web--7f3.1  after #4  standby          [web]
`)
  })

  test('one whose probes have passed is frozen, and then nothing is left to do', () => {
    const standbys = roles([1, 'waiting'])
    const now = { wanted: [beside(1, 1)], standbys, ready: [id(0)] }
    expect(text({ ...now, replicas: [replica(0), replica(1)] })).toBe(`
#1 ready  web--7f3.1            not ready  [web]
#2 freeze web--7f3.1  after #1  standby    [web]
`)
    expect(text({ ...now, replicas: [replica(0), replica(1)], warm: new Set([id(1)]) })).toBe(`
#1 freeze web--7f3.1  standby  [web]
`)
    expect(planFor({ capabilities, ...now, replicas: [replica(0), frozen(1)] })).toEqual({ steps: [], holds: [], standbys })
  })

  test('an engine that cannot freeze leaves it running', () => {
    const now = { wanted: [beside(0, 1)], standbys: roles([0, 'waiting']), ready: [], replicas: [replica(0)], warm: new Set([id(0)]) }
    expect(planFor(now)).toMatchObject({ steps: [], holds: [] })
  })

  test('a freeze that failed leaves it running and holds nothing up', () => {
    const failures = new Map([[[...stepKeys('freezeReplica web--7f3.0')][0] as never, aFailure({ retry: 'never' })]])
    const now = { wanted: [beside(0, 1)], standbys: roles([0, 'waiting']), ready: [], replicas: [replica(0)], warm: new Set([id(0)]) }
    expect(planFor({ capabilities, ...now, failures })).toMatchObject({ steps: [], holds: [] })
  })

  test('a start under way is waited for under its own key', () => {
    const inFlight = stepKeys('startReplica web--7f3.3 token 0')
    expect(text({ wanted: [beside(0, 1)], standbys: roles([3, 'waiting']), inFlight })).toBe(`
#1 start  web--7f3.3            being started  [web]
#2 ready  web--7f3.3  after #1  new replica    [web]
#3 freeze web--7f3.3  after #2  standby        [web]
`)
  })

  test('one that is behind the restart token starts anew', () => {
    expect(text({ wanted: [beside(0, 1, 1)], standbys: roles([0, 'waiting']), ready: [], replicas: [frozen(0)] })).toBe(`
#1 restart web--7f3.0/*            restart asked for  [web]
#2 ready   web--7f3.0    after #1  restarted          [web]
`)
  })

  test('one too many goes, the coldest first; all go when none is wanted any more', () => {
    const standbys = roles([0, 'waiting'], [1, 'waiting'])
    const now = { standbys, ready: [], replicas: [replica(0), frozen(1)] }
    expect(text({ ...now, wanted: [beside(0, 1)] })).toBe(`
#1 drain  web--7f3.0            standby 2 -> 1  [web]
#2 remove web--7f3.0  after #1  standby 2 -> 1  [web]
`)
    expect(text({ ...now, wanted: [wanted(web, 0)] })).toContain('remove web--7f3.1')
  })

  test('one of an older revision goes at once, and its successor waits for the wanted replicas', () => {
    const old = aReplicaId('web', '1aa', 1)
    expect(
      text({ wanted: [beside(1, 1)], standbys: new Map([[old, 'waiting']]), replicas: [replica(0), frozen(1, '1aa')], ready: [id(0)] }),
    ).toBe(`
#1 drain  web--1aa.1            superseded by web--7f3  [web]
#2 remove web--1aa.1  after #1  superseded by web--7f3  [web]
#3 start  web--7f3.2            standby                 [web]
#4 ready  web--7f3.2  after #3  standby                 [web]
#5 freeze web--7f3.2  after #4  standby                 [web]
`)
  })
})

describe('being called', () => {
  test('a wanted replica is thawed, not started, and then the next one is started beside it', () => {
    const situation = { capabilities, wanted: [beside(1, 1)], standbys: roles([1, 'waiting']), replicas: [frozen(1)], ready: [] }
    expect(text(situation)).toBe(`
#1 thaw   web--7f3.1            standby called  [web]
#2 ready  web--7f3.1  after #1  thawed          [web]
#3 start  web--7f3.0  after #2  standby         [web]
#4 ready  web--7f3.0  after #3  standby         [web]
#5 freeze web--7f3.0  after #4  standby         [web]
`)
    expect(planFor(situation).standbys).toEqual(roles([0, 'waiting'], [1, 'called']))
  })

  test('a called one stays wanted, whatever ordinal its successor has', () => {
    const standbys = roles([0, 'waiting'], [1, 'called'])
    const plan = planFor({ capabilities, wanted: [beside(1, 1)], standbys, replicas: [replica(0), replica(1)], ready: [id(1)] })
    expect(plan.steps.map(({ key }) => key)).toEqual(['awaitReady web--7f3.0', 'freezeReplica web--7f3.0'])
    expect(plan.standbys).toEqual(standbys)
  })

  test('growth calls the warmest, and starts what is still missing', () => {
    const standbys = roles([1, 'waiting'], [2, 'waiting'])
    const plan = planFor({ capabilities, wanted: [beside(2, 2)], standbys, replicas: [replica(0), replica(1), frozen(2)], ready: [id(0)] })
    expect(plan.standbys).toEqual(roles([1, 'waiting'], [2, 'called'], [3, 'waiting']))
    expect(text({ wanted: [beside(3, 1)], standbys: roles([1, 'waiting']), replicas: [replica(0), frozen(1)], ready: [id(0)] })).toContain(
      'start  web--7f3.2               scale 2 -> 3',
    )
  })

  test('without a freezer it only becomes one of the wanted', () => {
    const now = { wanted: [beside(1, 1)], standbys: roles([0, 'waiting']), replicas: [replica(0)], ready: [], warm: new Set([id(0)]) }
    expect(planFor(now).standbys).toEqual(roles([0, 'called'], [1, 'waiting']))
    expect(planText(now)).not.toContain('thaw')
  })

  test('shrinking takes a ready one, never the one that stands by', () => {
    const replicas = [replica(0), replica(1), frozen(2)]
    expect(text({ wanted: [beside(1, 1)], standbys: roles([2, 'waiting']), replicas, ready: [id(0), id(1)] })).toBe(`
#1 drain  web--7f3.1            scale 2 -> 1  [web]
#2 remove web--7f3.1  after #1  scale 2 -> 1  [web]
`)
  })

  test('one that cannot be thawed goes, and another one takes its place', () => {
    const failures = new Map([[[...stepKeys('thawReplica web--7f3.0')][0] as never, aFailure()]])
    const plan = planFor({
      capabilities,
      wanted: [beside(1, 0)],
      standbys: roles([0, 'called']),
      replicas: [frozen(0)],
      ready: [],
      failures,
    })
    expect(plan.holds).toEqual([])
    expect(plan.steps.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['removeReplica web--7f3.0', 'startReplica web--7f3.1 token 0']),
    )
  })

  test('one that starts anew after it was called is like any other', () => {
    const standbys = roles([0, 'called'])
    const now = { capabilities, wanted: [wanted(web)], standbys }
    expect(planFor({ ...now, replicas: [replica(0)] }).standbys).toEqual(standbys)
    expect(planFor({ ...now, replicas: [aReplica('web', '7f3').exited(1)] }).standbys).toBeUndefined()
    const inFlight = stepKeys('restartApp web--7f3.0/* token 1')
    expect(planFor({ ...now, wanted: [wanted(web, 1, 1)], replicas: [replica(0)], inFlight }).standbys).toBeUndefined()
  })

  test('what somebody else froze is nobody of ours: it is left as it is', () => {
    expect(planFor({ capabilities, wanted: [wanted(web)], replicas: [frozen(0)] })).toEqual({ steps: [], holds: [] })
  })
})

test('who remembers nothing takes what is frozen for a standby, where one is wanted', () => {
  const observed = anObservation([replica(0), frozen(1)])
  expect(standbysFound([beside(1, 1)], observed)).toEqual(roles([1, 'waiting']))
  expect(standbysFound([wanted(web)], observed)).toEqual(new Map())
})
