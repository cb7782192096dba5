import { expect, test } from '@jest/globals'
import { componentOf, lines, plain, resolve } from '../component-source.ts'

const written = {
  properties: { image: 'shop/web:1', port: 8080 },
  traits: [
    { type: 'sidecar', properties: { name: 'side', image: 'shop/side:1' } },
    { type: 'init-container', properties: { name: 'init', image: 'shop/init:1', appMountPath: '/a', initMountPath: '/b' } },
  ],
}

test('build, run, env, publish and develop', () => {
  const component = componentOf({
    ...written,
    local: [
      { type: 'local/build', params: { context: '/shop/web', dockerfile: 'Dockerfile.dev', target: 'dev', args: { A: '1' } } },
      {
        type: 'local/process',
        params: { cwd: '/shop/web', command: ['node', 'x.js'], env: [{ name: 'P', value: { secret: 's', key: 'k' } }] },
      },
      { type: 'local/env', params: { name: 'DEBUG', value: '1' } },
      { type: 'local/publish', params: { host: 3000 } },
      { type: 'local/publish', params: { host: 3001, target: 9000 } },
      { type: 'local/develop', params: { paths: ['src'], action: 'sync', target: '/app' } },
      { type: 'local/scale', params: { standby: 1 } },
      { type: 'local/gate', params: { maxHeld: 50, holdSeconds: 5 } },
    ],
  })
  expect(component.scale).toMatchObject({ min: 1, max: 1, standby: 1 })
  expect(component.gate).toEqual({ maxHeld: 50, holdMs: 5000 })
  const [container] = component.pod.containers
  expect(plain({ image: container?.image, pull: container?.pull, env: container?.env, process: container?.process })).toEqual({
    image: { from: 'build', ref: 'shop/web:1', context: '/shop/web', dockerfile: 'Dockerfile.dev', target: 'dev', args: { A: '1' } },
    pull: 'never',
    env: [{ name: 'DEBUG', value: '1' }],
    process: { cwd: '/shop/web', command: ['node', 'x.js'], env: [{ name: 'P', value: { secret: 's', key: 'k' } }] },
  })
  expect(plain(component.published)).toEqual([
    { host: 3000, target: 8080, protocol: 'tcp' },
    { host: 3001, target: 9000, protocol: 'tcp' },
  ])
  expect(plain(component.develop)).toEqual([{ paths: ['src'], ignore: [], action: 'sync', target: '/app' }])
  expect(container?.process?.origin).toEqual({ file: 'minipaas.yaml', doc: 0, path: ['components', 'web', 1] })
})

test('side and init containers by name', () => {
  const { pod } = componentOf({
    ...written,
    local: [
      { type: 'local/process', params: { container: 'side', cwd: '/s' } },
      { type: 'local/image', params: { container: 'init', image: 'local/init:2' } },
    ],
  })
  expect(plain(pod.containers[1]?.process)).toEqual({ cwd: '/s', command: [], env: [] })
  expect(pod.initContainers[0]?.image).toEqual({ from: 'registry', ref: 'local/init:2' })
})

test.each<[string, unknown, readonly string[]]>([
  [
    'local/process',
    { container: 'sid', cwd: '/' },
    ['error MP2201 components.web.0.container: container "sid" not found [did you mean "side"?]'],
  ],
  [
    'local/publish',
    { host: 53, protocol: 'udp' },
    ['error MP2208 components.web.0: component "web" has no udp port that 53 could lead to [name one as "target"]'],
  ],
  [
    'local/develop',
    { paths: [], action: 'reload' },
    [
      'error MP2104 components.web.0.action: "action" must be one of "sync", "restart", "sync+restart", "sync+exec" or "rebuild", found "reload"',
    ],
  ],
])('refuses: %s %j', (type, params, expected) => {
  expect(lines(resolve({ ...written, local: [{ type, params }] }).diagnostics)).toEqual(expected)
})
