import { describe, expect, test } from '@jest/globals'
import { judgeReplica, type ProbeBook, recordProbe } from '../../../src/control/probe-book.ts'
import type { ObservedContainer } from '../../../src/model/observed.ts'
import type { Container } from '../../../src/model/pod.ts'
import type { Probe } from '../../../src/model/probe.ts'
import { aComponent, aContainer, anObservedContainer, aProbe, aReplica, aReplicaId } from '../../kit/builders.ts'

const tcp = aProbe({ action: { by: 'tcp', port: 80 } })
const exec = aProbe({ action: { by: 'exec', command: ['true'] } })

function awaited(containers: readonly Container[], book: ProbeBook = new Map(), changes: Partial<ObservedContainer> = {}) {
  const built = aComponent('web').build()
  const spec = { ...built, pod: { ...built.pod, containers } }
  const observed = containers.map(({ name }) => anObservedContainer(name, { restarts: 2, ...changes }))
  return judgeReplica(book, aReplica('web', '7f3').with({ containers: observed }).build(), spec).awaits
}

function answer(container: string, kind: 'startup' | 'ready', probe: Probe, ok: boolean, book: ProbeBook = new Map()): ProbeBook {
  const result = { replica: aReplicaId('web', '7f3', 0), container, kind, epoch: 2, ok, detail: '', repeated: 1 }
  return recordProbe(book, result, probe)
}

describe('a replica that lacks only one pass of a readiness probe', () => {
  test('names its container and start', () => {
    expect(awaited([aContainer('web', { probes: { ready: tcp } })])).toEqual({ container: 'web', epoch: 2 })
    expect(awaited([aContainer('web'), aContainer('log', { probes: { ready: tcp } })])).toEqual({ container: 'log', epoch: 2 })
  })

  test('is one again when the probe failed meanwhile', () => {
    const book = answer('web', 'ready', { ...tcp, failures: 1 }, false)
    expect(awaited([aContainer('web', { probes: { ready: tcp } })], book)).toEqual({ container: 'web', epoch: 2 })
  })

  test('waits for its startup probe first', () => {
    const containers = [aContainer('web', { probes: { startup: tcp, ready: tcp } })]
    expect(awaited(containers)).toBeUndefined()
    expect(awaited(containers, answer('web', 'startup', tcp, true))).toEqual({ container: 'web', epoch: 2 })
  })
})

test('whatever else is lacking, the edge alone cannot tell when it is ready', () => {
  const ready = { probes: { ready: tcp } }
  expect(awaited([aContainer('web')])).toBeUndefined()
  expect(awaited([aContainer('web', { probes: { ready: exec } })])).toBeUndefined()
  expect(awaited([aContainer('web', { probes: { ready: { ...tcp, successes: 2 } } })])).toBeUndefined()
  expect(awaited([aContainer('web', ready), aContainer('log', ready)])).toBeUndefined()
  expect(awaited([aContainer('web', ready), aContainer('log', { probes: { ready: exec } })])).toBeUndefined()
  expect(awaited([aContainer('web', ready)], new Map(), { state: 'exited' })).toBeUndefined()
  expect(awaited([aContainer('web', ready)], answer('web', 'ready', tcp, true))).toBeUndefined()
})
