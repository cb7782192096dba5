import { describe, expect, test } from '@jest/globals'
import { componentOf, lines, plain, resolve } from '../component-source.ts'

const image = 'shop/web:1'

/** The application's container, without what is empty. */
function containerOf(type: string, properties: Record<string, unknown>): Record<string, unknown> {
  const [container] = componentOf({ type, properties: { image, ...properties } }).pod.containers
  return plain(container) as Record<string, unknown>
}

describe('webservice', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['cmd is the entrypoint', { cmd: ['node', 'a.js'], args: ['-v'] }, { command: ['node', 'a.js'], args: ['-v'] }],
    [
      'env by value and by reference',
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B' },
          { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
          { name: 'D', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } },
        ],
      },
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '' },
          { name: 'C', value: { secret: 's', key: 'k' } },
          { name: 'D', value: { config: 'c', key: 'k' } },
        ],
      },
    ],
    [
      'cpu and memory are requests and limits',
      { cpu: '500m', memory: '1Ki' },
      { requests: { cpu: 0.5, memoryBytes: 1024 }, limits: { cpu: 0.5, memoryBytes: 1024 } },
    ],
    [
      'a limit of its own',
      { cpu: '0.5', memory: '1M', limit: { cpu: '2' } },
      { requests: { cpu: 0.5, memoryBytes: 1e6 }, limits: { cpu: 2, memoryBytes: 1e6 } },
    ],
    ['the older port', { port: 80 }, { ports: [{ name: 'port-80', number: 80, protocol: 'tcp' }] }],
    [
      'names of ports',
      {
        ports: [
          { port: 80, containerPort: 8080 },
          { port: 53, protocol: 'UDP' },
          { port: 90, name: 'admin', protocol: 'UDP' },
        ],
      },
      {
        ports: [
          { name: 'port-8080', number: 8080, protocol: 'tcp' },
          { name: 'port-53-udp', number: 53, protocol: 'udp' },
          { name: 'admin', number: 90, protocol: 'udp' },
        ],
      },
    ],
    ['pull without a word, tagged', {}, { pull: 'if-absent' }],
    ['pull without a word, latest', { image: 'host:5000/web' }, { pull: 'always' }],
    ['pull as said', { imagePullPolicy: 'Never' }, { pull: 'never' }],
    [
      'probes with their presets',
      { livenessProbe: { exec: { command: ['ok'] } }, readinessProbe: { tcpSocket: { port: 9 }, periodSeconds: 2, failureThreshold: 5 } },
      {
        probes: {
          live: { action: { by: 'exec', command: ['ok'] }, delayMs: 0, everyMs: 10_000, timeoutMs: 1000, successes: 1, failures: 3 },
          ready: { action: { by: 'tcp', port: 9 }, delayMs: 0, everyMs: 2000, timeoutMs: 1000, successes: 1, failures: 5 },
        },
      },
    ],
  ])('%s', (_, properties, expected) => {
    expect(containerOf('webservice', properties)).toMatchObject(expected)
  })

  test('has a name on the network only where a port is exposed', () => {
    expect(componentOf({ properties: { image, port: 80 } }).services).toEqual([])
    expect(componentOf({ properties: { image, ports: [{ port: 80 }] } }).services).toEqual([])
    const ports = [{ port: 80, containerPort: 8080, expose: true }, { port: 53, protocol: 'UDP', expose: true }, { port: 90 }]
    expect(plain(componentOf({ properties: { image, ports } }).services)).toEqual([
      {
        name: 'web',
        namespace: 'default',
        component: 'web',
        headless: false,
        ports: [
          { name: 'port-8080', port: 80, target: 8080, protocol: 'tcp' },
          { name: 'port-53-udp', port: 53, target: 53, protocol: 'udp' },
        ],
      },
    ])
  })

  test('volumeMounts of every kind', () => {
    const volumeMounts = {
      pvc: [{ name: 'a', mountPath: '/a', claimName: 'claim', subPath: 'sub' }],
      configMap: [{ name: 'b', mountPath: '/b', cmName: 'config', items: [{ key: 'k', path: 'p' }] }],
      secret: [{ name: 'c', mountPath: '/c', secretName: 'secret', defaultMode: 256 }],
      emptyDir: [{ name: 'd', mountPath: '/d', medium: 'Memory' }],
      hostPath: [{ name: 'e', mountPath: '/e', path: '/srv' }],
    }
    const { pod, notes } = componentOf({ properties: { image, volumeMounts, volumes: [{ name: 'old', mountPath: '/old' }] } })
    expect(plain(pod.volumes)).toEqual([
      { name: 'a', source: { type: 'named', claim: 'claim' } },
      { name: 'b', source: { type: 'config', name: 'config', mode: 0o644, items: [{ key: 'k', path: 'p', mode: 0o777 }] } },
      { name: 'c', source: { type: 'secret', name: 'secret', mode: 0o400 } },
      { name: 'd', source: { type: 'empty', medium: 'memory' } },
      { name: 'e', source: { type: 'bind', path: '/srv' } },
    ])
    expect(pod.containers[0]?.mounts.map(({ volume, path, subPath }) => [volume, path, subPath])).toEqual([
      ['a', '/a', 'sub'],
      ['b', '/b', undefined],
      ['c', '/c', undefined],
      ['d', '/d', undefined],
      ['e', '/e', undefined],
    ])
    expect(notes.map((note) => `${note.subject}: ${note.text}`)).toEqual([
      'webservice.volumes: without effect beside volumeMounts, as in KubeVela',
    ])
  })

  test('two mounts of one volume, and two volumes of one name', () => {
    const same = { pvc: ['/a', '/b'].map((mountPath) => ({ name: 'data', mountPath, claimName: 'claim' })) }
    expect(componentOf({ properties: { image, volumeMounts: same } }).pod.volumes).toHaveLength(1)
    const other = { ...same, emptyDir: [{ name: 'data', mountPath: '/c' }] }
    expect(lines(resolve({ properties: { image, volumeMounts: other } }).diagnostics)).toEqual([
      'error MP2203 spec.components.0.properties.volumeMounts.emptyDir.0: volume "data" is defined twice with different contents',
    ])
  })

  test('what is accepted without being done is noted', () => {
    const properties = {
      image,
      imagePullSecrets: ['r'],
      exposeType: 'NodePort',
      addRevisionLabel: true,
      ports: [{ port: 1, nodePort: 30_000, protocol: 'SCTP' }],
    }
    expect(componentOf({ properties }).notes.map((note) => `${note.kind} ${note.subject}`)).toEqual([
      'not-simulated webservice.imagePullSecrets',
      'approximated webservice.ports.0.nodePort',
      'approximated webservice.exposeType',
      'approximated webservice.addRevisionLabel',
      'approximated ports',
    ])
  })

  test.each<[string, Record<string, unknown>, readonly string[]]>([
    [
      'port beside ports',
      { port: 1, ports: [] },
      ['warning MP2207 spec.components.0.properties.port (key): "port" has no effect beside "ports"'],
    ],
    [
      'a limit alone',
      { limit: { cpu: '1' } },
      ['warning MP2207 spec.components.0.properties.limit.cpu (key): "limit.cpu" has no effect without "cpu"'],
    ],
    [
      'two ports of one number',
      { ports: [{ port: 80 }, { port: 81, containerPort: 80, name: 'b' }] },
      ['warning MP2206 spec.components.0.properties.ports.1: container port 80/tcp is declared twice'],
    ],
    [
      'a probe of two kinds',
      { livenessProbe: { exec: { command: [] }, tcpSocket: { port: 1 } } },
      ['error MP2106 spec.components.0.properties.livenessProbe.tcpSocket (key): "tcpSocket" cannot be given together with "exec"'],
    ],
    [
      'an amount that is none',
      { memory: '1 GB' },
      ['error MP2105 spec.components.0.properties.memory: "memory" must be a quantity such as "256Mi" or "1Gi", found "1 GB"'],
    ],
  ])('warns or refuses: %s', (_, properties, expected) => {
    expect(lines(resolve({ properties: { image, ...properties } }).diagnostics)).toEqual(expected)
  })
})

describe('worker', () => {
  test('is a deployment without ports, services and readiness of its own', () => {
    const component = componentOf({ type: 'worker', properties: { image, cmd: ['work'] } })
    expect([component.kind, component.services, component.pod.containers[0]?.probes, component.pod.containers[0]?.ports]).toEqual([
      'Deployment',
      [],
      {},
      [],
    ])
  })

  test('has no ports, labels or sub-paths', () => {
    const properties = {
      image,
      port: 80,
      labels: {},
      volumeMounts: { pvc: [{ name: 'a', mountPath: '/a', claimName: 'c', subPath: 's' }] },
    }
    expect(resolve({ type: 'worker', properties }).diagnostics.map((found) => `${found.code} ${found.origin?.path.at(-1)}`)).toEqual([
      'MP2103 subPath',
      'MP2103 port',
      'MP2103 labels',
    ])
  })
})

describe('task', () => {
  test.each([
    [{}, { parallelism: 1, completions: 1, backoffLimit: 6, restart: 'never' }],
    [
      { count: 3, restart: 'OnFailure' },
      { parallelism: 3, completions: 3, backoffLimit: 6, restart: 'on-failure' },
    ],
  ])('%j runs to completion', (properties, expected) => {
    const component = componentOf({ type: 'task', properties: { image, ...properties } })
    expect([component.kind, component.run]).toEqual(['Job', { type: 'to-completion', ...expected }])
  })

  test('probes are accepted and not rendered', () => {
    const component = componentOf({ type: 'task', properties: { image, livenessProbe: { tcpSocket: { port: 1 } } } })
    expect(component.pod.containers[0]?.probes).toEqual({})
    expect(component.notes.map((note) => note.subject)).toEqual(['task.livenessProbe'])
  })
})
