import { describe, expect, test } from '@jest/globals'
import { LABELS } from '../../../../../../runtime/engines/docker/labels.ts'
import { commandOptions, containerOptions, findModel } from '../../../../../../runtime/engines/docker/pod/container-options.ts'
import { podLabels } from '../../../../../../runtime/engines/docker/pod/pod-labels.ts'
import { resourceOptions } from '../../../../../../runtime/engines/docker/pod/resources.ts'
import { readPodRecord } from '../../../../../../runtime/engines/docker/pod-record.ts'
import type { ReplicaSpec } from '../../../../../../src/model/engine.ts'
import type { Container } from '../../../../../../src/model/pod.ts'
import { aComponent, aContainer, anOrigin, aProbe, aReplicaId, aRevision } from '../../../../../kit/builders.ts'

const MIB = 1024 * 1024

function specOf(containers: readonly Container[], initContainers: readonly Container[] = []): ReplicaSpec {
  const revision = aRevision(aComponent('web').pod({ containers, initContainers }), '7f3')
  return {
    ref: { owner: { environment: 'test', instance: 'daemon-1' }, id: aReplicaId('web', '7f3', 2) },
    app: 'shop',
    revision,
    ordinal: 2,
    restartToken: 5,
    sidecars: [],
    network: 'test',
    environmentOf: () => new Map(),
    filesOf: () => undefined,
  }
}

describe('command and args', () => {
  const options = (command?: readonly string[], args?: readonly string[]): object =>
    commandOptions({ ...(command === undefined ? {} : { command }), ...(args === undefined ? {} : { args }) }, new Map([['NAME', 'value']]))

  test.each([
    ['neither: the image’s own', options(), {}],
    ['empty lists count as absent', options([], []), {}],
    ['a command takes the place of both', options(['run']), { Entrypoint: ['run'] }],
    ['args keep the entrypoint', options(undefined, ['a']), { Cmd: ['a'] }],
    ['both', options(['run'], ['a', 'b']), { Entrypoint: ['run'], Cmd: ['a', 'b'] }],
    ['variables are expanded', options(['$(NAME)'], ['$$(NAME)', '$(NONE)']), { Entrypoint: ['value'], Cmd: ['$(NAME)', '$(NONE)'] }],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted)
  })
})

describe('requests and limits', () => {
  test.each<[string, Pick<Container, 'requests' | 'limits'>, object]>([
    ['nothing', { requests: {}, limits: {} }, {}],
    ['a request', { requests: { cpu: 0.25, memoryBytes: 64 * MIB }, limits: {} }, { CpuShares: 256, MemoryReservation: 64 * MIB }],
    ['the smallest request', { requests: { cpu: 0.001 }, limits: {} }, { CpuShares: 2 }],
    ['the largest request', { requests: { cpu: 1000 }, limits: {} }, { CpuShares: 262_144 }],
    ['a limit asks for as much', { requests: {}, limits: { cpu: 4 } }, { CpuShares: 4096, CpuPeriod: 100_000, CpuQuota: 400_000 }],
    ['thousandths', { requests: { cpu: 0.1 }, limits: { cpu: 0.29 } }, { CpuShares: 102, CpuPeriod: 100_000, CpuQuota: 29_000 }],
    ['the smallest quota', { requests: {}, limits: { cpu: 0.001 } }, { CpuShares: 2, CpuPeriod: 100_000, CpuQuota: 1000 }],
    ['memory without swap', { requests: {}, limits: { memoryBytes: 64 * MIB } }, { Memory: 64 * MIB, MemorySwap: 64 * MIB }],
    [
      'a request above its limit',
      { requests: { memoryBytes: 128 * MIB }, limits: { memoryBytes: 64 * MIB } },
      { MemoryReservation: 64 * MIB, Memory: 64 * MIB, MemorySwap: 64 * MIB },
    ],
  ])('%s', (_, resources, wanted) => {
    expect(resourceOptions(resources)).toEqual(wanted)
  })
})

describe('a container', () => {
  test('joins its sandbox with an init, without restarts, checks or log options', () => {
    const model = aContainer('web', { image: { from: 'build', context: '/src', args: {}, ref: 'web:built' }, workdir: '/app' })
    expect(
      containerOptions({
        model,
        environment: new Map([['A', '1=2']]),
        labels: { some: 'label' },
        networkMode: 'container:abc',
        mounts: { mounts: [], binds: ['/a:/b'] },
        graceMs: 1500,
      }),
    ).toEqual({
      Image: 'web:built',
      WorkingDir: '/app',
      Env: ['A=1=2'],
      Labels: { some: 'label' },
      Healthcheck: { Test: ['NONE'] },
      StopTimeout: 2,
      HostConfig: { NetworkMode: 'container:abc', Init: true, RestartPolicy: { Name: 'no' }, Binds: ['/a:/b'] },
    })
  })

  test('has its role by its place', () => {
    const spec = specOf([aContainer('web'), aContainer('side')], [aContainer('init')])
    expect(['web', 'side', 'init', 'none'].map((name) => findModel(spec, name)?.role)).toEqual(['app', 'sidecar', 'init', undefined])
  })
})

describe('labels', () => {
  const probe = { action: { by: 'http', port: 9000, path: '/', scheme: 'http', headers: [] } } as const
  const port = { name: 'http', number: 8000, protocol: 'http1', origin: anOrigin('ports') } as const
  const preStop = { by: 'exec', command: ['sh', '-c', 'bye'] } as const
  const model = aContainer('side', { ports: [port], probes: { ready: aProbe(probe) }, lifecycle: { preStop } })
  const labels = podLabels(specOf([aContainer('web'), model]), { model, role: 'sidecar', restarts: 3, sandbox: 'abc' }, 'home-1')

  test('tell an observation everything', () => {
    expect(readPodRecord(labels)).toEqual({
      replica: 'web--7f3.2',
      app: 'shop',
      component: 'web',
      revision: 'web--7f3',
      ordinal: 2,
      restartToken: 5,
      pushToken: 0,
      container: 'side',
      role: 'sidecar',
      restarts: 3,
      members: [
        { name: 'web', role: 'app' },
        { name: 'side', role: 'sidecar' },
      ],
      ports: [8000, 9000],
    })
  })

  test('say whose it is, and how it is ended', () => {
    expect(labels).toMatchObject({
      [LABELS.role]: 'pod',
      [LABELS.home]: 'home-1',
      [LABELS.environment]: 'test',
      [LABELS.sandbox]: 'abc',
      [LABELS.preStop]: JSON.stringify(preStop),
      'com.docker.compose.project': 'test',
      'com.docker.compose.container-number': '3',
    })
  })
})
