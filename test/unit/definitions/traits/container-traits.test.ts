import { describe, expect, test } from '@jest/globals'
import { componentOf, lines, plain, resolve } from '../component-source.ts'

const properties = {
  image: 'shop/web:1',
  cmd: ['web'],
  args: ['--a', '--b'],
  env: [
    { name: 'A', value: '1' },
    { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
  ],
}
const side = { type: 'sidecar', properties: { name: 'side', image: 'shop/side:1' } }

interface Trait {
  readonly type: string
  readonly properties?: unknown
}

function containersOf(...traits: readonly Trait[]): Record<string, unknown>[] {
  const { pod } = componentOf({ properties, traits: [side, ...traits] })
  return pod.containers.map((container) => plain(container) as Record<string, unknown>)
}

describe.each<[string, Trait, Record<string, unknown>]>([
  [
    'env keeps places, replaces and appends',
    { type: 'env', properties: { env: { A: '9', C: '3' } } },
    {
      env: [
        { name: 'A', value: '9' },
        { name: 'B', value: { secret: 's', key: 'k' } },
        { name: 'C', value: '3' },
      ],
    },
  ],
  ['env overrides a reference', { type: 'env', properties: { env: { B: 'x' }, unset: ['A'] } }, { env: [{ name: 'B', value: 'x' }] }],
  ['env replaces everything', { type: 'env', properties: { env: { C: '3' }, replace: true } }, { env: [{ name: 'C', value: '3' }] }],
  ['env unset wins over env', { type: 'env', properties: { env: { A: '2' }, unset: ['A', 'B'] } }, { env: [] }],
  ['command', { type: 'command', properties: { command: ['x'] } }, { command: ['x'], args: ['--a', '--b'] }],
  ['command args', { type: 'command', properties: { args: [] } }, { command: ['web'], args: [] }],
  [
    'command adds and deletes args',
    { type: 'command', properties: { addArgs: ['--b', '--c', '--d'], delArgs: ['--a', '--d'] } },
    { args: ['--b', '--c'] },
  ],
  [
    'container-image',
    { type: 'container-image', properties: { image: 'other:2', imagePullPolicy: 'Always' } },
    { image: { from: 'registry', ref: 'other:2' }, pull: 'always' },
  ],
  [
    'resource',
    { type: 'resource', properties: { cpu: 2, memory: '1Gi' } },
    { requests: { cpu: 2, memoryBytes: 2 ** 30 }, limits: { cpu: 2, memoryBytes: 2 ** 30 } },
  ],
  [
    'resource with requests and limits and their presets',
    { type: 'resource', properties: { requests: { cpu: '250m' }, limits: { memory: '4Gi' } } },
    { requests: { cpu: 0.25, memoryBytes: 2 ** 31 }, limits: { cpu: 1, memoryBytes: 2 ** 32 } },
  ],
  [
    'service-binding',
    { type: 'service-binding', properties: { envMappings: { USER: { secret: 'db' }, PASS: { secret: 'db', key: 'password' } } } },
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: { secret: 's', key: 'k' } },
        { name: 'USER', value: { secret: 'db', key: 'USER' } },
        { name: 'PASS', value: { secret: 'db', key: 'password' } },
      ],
    },
  ],
  [
    'startup-probe',
    { type: 'startup-probe', properties: { grpc: { port: 9, service: 'x' }, failureThreshold: 30 } },
    {
      probes: {
        startup: {
          action: { by: 'grpc', port: 9, service: 'x' },
          delayMs: 0,
          everyMs: 10_000,
          timeoutMs: 1000,
          successes: 1,
          failures: 30,
        },
      },
    },
  ],
])('%s', (_, trait, expected) => {
  test('changes the container of the application', () => {
    const [app, other] = containersOf(trait)
    expect(app).toMatchObject(expected)
    expect(other).toEqual(containersOf()[1])
  })
})

test.each<[string, Trait, Record<string, unknown>]>([
  ['env', { type: 'env', properties: { containers: [{ containerName: 'side', env: { X: '1' } }] } }, { env: [{ name: 'X', value: '1' }] }],
  ['command', { type: 'command', properties: { containerName: 'side', command: ['x'] } }, { command: ['x'] }],
  [
    'container-image',
    { type: 'container-image', properties: { containers: [{ containerName: 'side', image: 'y' }] } },
    { image: { ref: 'y' } },
  ],
  [
    'startup-probe',
    { type: 'startup-probe', properties: { probes: [{ containerName: 'side', tcpSocket: { port: 1 } }] } },
    { probes: { startup: { action: { by: 'tcp', port: 1 } } } },
  ],
])('%s of another container', (_, trait, expected) => {
  const [app, other] = containersOf(trait)
  expect(other).toMatchObject(expected)
  expect(app).toEqual(containersOf()[0])
})

test('sidecar', () => {
  const trait = {
    type: 'sidecar',
    properties: {
      name: 'log',
      image: 'busybox:1',
      cmd: ['tail'],
      args: ['-f'],
      env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      volumes: [{ name: 'emptydir-logs', path: '/logs' }],
      livenessProbe: { exec: { command: ['true'] } },
    },
  }
  const storage = { type: 'storage', properties: { emptyDir: [{ name: 'logs', mountPath: '/var/log' }] } }
  expect(containersOf(storage, trait)[2]).toMatchObject({
    name: 'log',
    command: ['tail'],
    args: ['-f'],
    env: [{ name: 'POD', value: { field: 'metadata.name' } }],
    mounts: [{ volume: 'emptydir-logs', path: '/logs', readOnly: false }],
    probes: { live: { action: { by: 'exec', command: ['true'] } } },
  })
})

test('init-container shares an empty directory with the application', () => {
  const trait = {
    type: 'init-container',
    properties: {
      name: 'prepare',
      image: 'busybox',
      cmd: ['sh'],
      appMountPath: '/app',
      initMountPath: '/import',
      extraVolumeMounts: [{ name: 'pvc-data', mountPath: '/data' }],
    },
  }
  const storage = { type: 'storage', properties: { pvc: [{ name: 'data', mountPath: '/pv' }] } }
  const { pod } = componentOf({ properties, traits: [storage, trait] })
  expect(plain(pod.initContainers)).toMatchObject([
    {
      name: 'prepare',
      pull: 'if-absent',
      mounts: [
        { volume: 'workdir', path: '/import' },
        { volume: 'pvc-data', path: '/data' },
      ],
    },
  ])
  expect(pod.containers[0]?.mounts.map((mount) => `${mount.volume} ${mount.path}`)).toEqual(['pvc-data /pv', 'workdir /app'])
  expect(pod.volumes.map((volume) => volume.name)).toEqual(['pvc-data', 'workdir'])
})

test('lifecycle is for every container', () => {
  const trait = {
    type: 'lifecycle',
    properties: { preStop: { httpGet: { port: 80, path: '/bye' } }, postStart: { exec: { command: ['hi'] } } },
  }
  const hooks = {
    preStop: { by: 'http', port: 80, path: '/bye', scheme: 'http', headers: [] },
    postStart: { by: 'exec', command: ['hi'] },
  }
  expect(containersOf(trait).map((container) => container.lifecycle)).toEqual([hooks, hooks])
})

test('hostalias merges by address', () => {
  const alias = (ip: string, ...hostnames: readonly string[]) => ({ type: 'hostalias', properties: { hostAliases: [{ ip, hostnames }] } })
  const { pod } = componentOf({ properties, traits: [alias('10.0.0.1', 'a'), alias('10.0.0.1', 'b', 'a'), alias('10.0.0.2', 'c')] })
  expect(pod.hostAliases).toEqual([
    { ip: '10.0.0.1', hostnames: ['a', 'b'] },
    { ip: '10.0.0.2', hostnames: ['c'] },
  ])
})

test('labels and annotations: null removes', () => {
  const component = componentOf({
    properties: { image: 'x', labels: { a: '1', b: '2' } },
    traits: [
      { type: 'labels', properties: { a: null, c: '3' } },
      { type: 'annotations', properties: { d: '4' } },
    ],
  })
  expect([component.labels, component.annotations]).toEqual([{ b: '2', c: '3' }, { d: '4' }])
})

test('traits are applied in the order of the list', () => {
  const set = (value: string) => ({ type: 'env', properties: { env: { A: value } } })
  const value = (...traits: readonly Trait[]) => componentOf({ properties, traits }).pod.containers[0]?.env[0]?.value
  expect([value(set('x'), set('y')), value(set('y'), set('x'))]).toEqual(['y', 'x'])
})

test.each<[string, readonly Trait[], readonly string[]]>([
  [
    'a container that is not there',
    [{ type: 'env', properties: { containerName: 'sid', env: {} } }],
    ['error MP2201 spec.components.0.traits.1.properties.containerName: container "sid" not found [did you mean "side"?]'],
  ],
  [
    'a list entry without a name',
    [{ type: 'env', properties: { containers: [{ env: {} }] } }],
    ['error MP2102 spec.components.0.traits.1.properties.containers.0: "containerName" is missing'],
  ],
  [
    'args with addArgs',
    [{ type: 'command', properties: { args: [], addArgs: [] } }],
    ['error MP2106 spec.components.0.traits.1.properties.addArgs (key): "addArgs" cannot be given together with "args"'],
  ],
  [
    'a container name twice',
    [{ type: 'sidecar', properties: { name: 'web', image: 'x' } }],
    ['error MP2202 spec.components.0.traits.1.properties.name: the component already has a container "web"'],
  ],
  [
    'a mount without a volume',
    [{ type: 'sidecar', properties: { name: 'b', image: 'x', volumes: [{ name: 'logs', path: '/l' }] } }],
    [
      'error MP2204 spec.components.0.traits.1.properties.volumes.0: container "b" mounts volume "logs", which component "web" does not have [the component has no volumes]',
    ],
  ],
  [
    'cpu without memory',
    [{ type: 'resource', properties: { cpu: '1' } }],
    [
      'warning MP2207 spec.components.0.traits.1.properties.cpu (key): "cpu" has an effect only with both "cpu" and "memory" and without "requests" and "limits"',
    ],
  ],
  [
    'a sidecar after what names it',
    [
      { type: 'env', properties: { containerName: 'late', env: {} } },
      { type: 'sidecar', properties: { name: 'late', image: 'x' } },
    ],
    ['error MP2201 spec.components.0.traits.1.properties.containerName: container "late" not found [the containers are "web" or "side"]'],
  ],
])('warns or refuses: %s', (_, traits, expected) => {
  expect(lines(resolve({ properties, traits: [side, ...traits] }).diagnostics)).toEqual(expected)
})

test('scaler on a job has no effect and says so', () => {
  expect(lines(resolve({ type: 'task', properties: { image: 'x' }, traits: [{ type: 'scaler' }] }).diagnostics)).toEqual([
    'warning MP2207 spec.components.0.traits.0.properties.replicas: a job has a "count" instead of replicas; "scaler" has no effect on it',
  ])
})
