import { expect, test } from '@jest/globals'
import { componentOf, lines, plain, resolve } from '../component-source.ts'

const properties = { image: 'shop/web:1' }

function storageOf(params: unknown) {
  const component = componentOf({ properties, traits: [{ type: 'storage', properties: params }] })
  const [container] = component.pod.containers
  return {
    volumes: component.pod.volumes.map((volume) => [volume.name, volume.source.type]),
    mounts: container?.mounts.map((mount) => `${mount.volume} ${mount.path}${mount.readOnly ? ' ro' : ''}`),
    env: plain(container?.env),
    creates: plain(component.creates),
    notes: component.notes.map((note) => note.subject),
  }
}

test('every kind of storage: names, mounts, variables and created objects', () => {
  const found = storageOf({
    pvc: [
      { name: 'data', mountPath: '/data', subPath: 'x', resources: { requests: { storage: '8Gi' } } },
      { name: 'old', mountPath: '/old', mountOnly: true },
      { name: 'disk', mountPath: '/dev/x', volumeMode: 'Block' },
    ],
    configMap: [
      { name: 'conf', mountPath: '/conf', readOnly: true, data: { a: '1', b: 2 } },
      { name: 'flags', mountToEnv: { envName: 'F', configMapKey: 'f' }, mountToEnvs: [{ envName: 'G', configMapKey: 'g' }], data: {} },
    ],
    secret: [
      { name: 'login', mountPath: '/login', data: { user: '‹secret login/user›' }, stringData: { pass: '‹secret login/pass›' } },
      { name: 'given', mountOnly: true, mountToEnv: { envName: 'P', secretKey: 'p' } },
    ],
    emptyDir: [{ name: 'tmp', mountPath: '/tmp', medium: 'Memory' }],
    hostPath: [{ name: 'src', path: '/srv', mountPath: '/src' }],
  })
  expect(found).toEqual({
    volumes: [
      ['pvc-data', 'named'],
      ['pvc-old', 'named'],
      ['configmap-conf', 'config'],
      ['secret-login', 'secret'],
      ['emptydir-tmp', 'empty'],
      ['hostpath-src', 'bind'],
    ],
    mounts: ['pvc-data /data', 'pvc-old /old', 'configmap-conf /conf ro', 'secret-login /login', 'emptydir-tmp /tmp', 'hostpath-src /src'],
    env: [
      { name: 'F', value: { config: 'flags', key: 'f' } },
      { name: 'G', value: { config: 'flags', key: 'g' } },
      { name: 'P', value: { secret: 'given', key: 'p' } },
    ],
    creates: [
      { kind: 'PersistentVolumeClaim', name: 'data' },
      { kind: 'PersistentVolumeClaim', name: 'disk' },
      { kind: 'ConfigMap', name: 'conf', data: { a: '1', b: '2' } },
      { kind: 'ConfigMap', name: 'flags', data: {} },
      { kind: 'Secret', name: 'login', keys: ['user', 'pass'] },
    ],
    notes: ['storage.pvc.0.resources', 'storage.pvc.2.volumeMode'],
  })
})

test('values of secrets are not in the component', () => {
  const component = componentOf({
    properties,
    traits: [{ type: 'storage', properties: { secret: [{ name: 's', mountPath: '/s', stringData: { k: 'marker-value' } }] } }],
  })
  expect(JSON.stringify(component)).not.toContain('marker-value')
})

test('what a config map does only where it is mounted', () => {
  const params = { configMap: [{ name: 'c', subPath: 'x', readOnly: true, items: [] }] }
  expect(lines(resolve({ properties, traits: [{ type: 'storage', properties: params }] }).diagnostics)).toEqual([
    'warning MP2207 spec.components.0.traits.0.properties.configMap.0.subPath (key): "subPath" has no effect without "mountPath"',
    'warning MP2207 spec.components.0.traits.0.properties.configMap.0.readOnly (key): "readOnly" has no effect without "mountPath"',
    'warning MP2207 spec.components.0.traits.0.properties.configMap.0.items (key): "items" has no effect without "mountPath"',
  ])
})
