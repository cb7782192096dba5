import { describe, expect, test } from '@jest/globals'
import type { Origin } from '../../../src/kernel/diagnostic.ts'
import type { Component } from '../../../src/model/component.ts'
import { changedParts, revisionHash, UNHASHED_PATHS } from '../../../src/plan/revision-hash.ts'
import { aComponent, aContainer, anOrigin, aProbe } from '../../kit/builders.ts'

/** A component with something in every field, each origin made by the given function. */
function aFullComponent(origin: (...path: readonly (string | number)[]) => Origin = anOrigin): Component {
  const container = aContainer('web', {
    env: [{ name: 'A', value: '1', origin: origin('env', 'A') }],
    ports: [{ name: 'http', number: 80, protocol: 'http1', origin: origin('ports', 0) }],
    mounts: [{ volume: 'data', path: '/data', readOnly: false }],
    probes: { ready: aProbe({ action: { by: 'tcp', port: 80 } }) },
    process: { cwd: '/srv', command: ['node'], env: [{ name: 'B', value: '2', origin: origin('run', 'env', 'B') }], origin: origin('run') },
  })
  return aComponent('web')
    .with({ sidecars: [{ type: 'dapr', params: { appId: 'web' }, origin: origin('traits', 0) }], origin: origin('web') })
    .pod({
      containers: [container],
      initContainers: [{ ...container, name: 'wait' }],
      volumes: [{ name: 'data', source: { type: 'named', claim: 'data' }, origin: origin('volumes', 0) }],
    })
    .build()
}

const base = aFullComponent()
const hash = revisionHash(base)
const origin = anOrigin('elsewhere')

/** For each declared path, a component that differs there and nowhere else. */
const sameRevision: Readonly<Record<string, Component>> = {
  scale: { ...base, scale: { ...base.scale, min: 2, max: 9, initial: 5 } },
  gate: { ...base, gate: { maxHeld: 50, holdMs: 5_000 } },
  needs: { ...base, needs: [{ on: base.key, until: 'ready', origin }] },
  develop: { ...base, develop: [{ paths: ['src'], ignore: [], action: 'sync', origin }] },
  update: { ...base, update: { type: 'replace' } },
  services: { ...base, services: [{ name: 'web', namespace: 'default', component: base.key, ports: [], headless: true, origin }] },
  routes: { ...base, routes: [{ path: '/', pathType: 'exact', to: [], holdMs: 1, origin }] },
  published: { ...base, published: [{ host: 1, target: 2, protocol: 'tcp', origin }] },
  labels: { ...base, labels: { team: 'shop' } },
  annotations: { ...base, annotations: { note: 'x' } },
  creates: { ...base, creates: [{ kind: 'ConfigMap', name: 'c', data: { a: 'b' }, origin }] },
  traits: { ...base, traits: [{ type: 'scaler', simulated: true, origin }] },
  notes: { ...base, notes: [{ kind: 'approximated', subject: 'web', text: 'x', origin }] },
  type: { ...base, type: 'webservice@v2' },
  '**.origin': aFullComponent((...path) => ({ file: 'other.yaml', doc: 3, path: ['moved', ...path] })),
}

describe('the revision', () => {
  test.each(UNHASHED_PATHS.map(({ path }) => path.join('.')))('stays the same when only %s changes', (path) => {
    const changed = sameRevision[path]
    expect(changed).toBeDefined()
    expect(changed).not.toEqual(base)
    expect(revisionHash(changed as Component)).toBe(hash)
  })

  test('has no other exceptions than those declared', () => {
    expect(Object.keys(sameRevision).sort()).toEqual(UNHASHED_PATHS.map(({ path }) => path.join('.')).sort())
  })

  const container = base.pod.containers[0] as (typeof base.pod.containers)[0]
  const inContainer = (changes: Partial<typeof container>): Component => ({
    ...base,
    pod: { ...base.pod, containers: [{ ...container, ...changes }] },
  })

  test.each<[string, Component]>([
    ['the image', inContainer({ image: { from: 'registry', ref: 'web:2' } })],
    ['the command', inContainer({ command: ['sh'] })],
    ['an environment variable', inContainer({ env: [{ name: 'A', value: '2', origin }] })],
    ['a port', inContainer({ ports: [] })],
    ['a probe', inContainer({ probes: {} })],
    ['a limit', inContainer({ limits: { cpu: 1 } })],
    ['the process form', inContainer({ process: { cwd: '/srv', command: ['deno'], env: [], origin } })],
    ['an init container', { ...base, pod: { ...base.pod, initContainers: [] } }],
    ['a volume', { ...base, pod: { ...base.pod, volumes: [] } }],
    ['the grace', { ...base, pod: { ...base.pod, graceMs: 1 } }],
    ['a sidecar parameter', { ...base, sidecars: [{ type: 'dapr', params: { appId: 'other' }, origin }] }],
    ['how often it runs', { ...base, run: { type: 'to-completion', parallelism: 1, completions: 1, backoffLimit: 0, restart: 'never' } }],
    ['the application', { ...base, app: 'other' }],
  ])('changes with %s', (_, changed) => {
    expect(revisionHash(changed)).not.toBe(hash)
  })

  test('changes with a parameter that happens to be called origin', () => {
    const use = (value: string): Component => ({ ...base, sidecars: [{ type: 'proxy', params: { origin: value }, origin }] })
    expect(revisionHash(use('https://a.example'))).not.toBe(revisionHash(use('https://b.example')))
  })

  test('names the parts that changed', () => {
    expect(changedParts(base, { ...base, app: 'other', pod: { ...base.pod, graceMs: 1 }, notes: [] })).toEqual(['app', 'pod'])
    expect(changedParts(base, base)).toEqual([])
  })
})
