import { describe, expect, test } from '@jest/globals'
import type { Service } from '../../../src/model/component.ts'
import { buildDesired, type DesiredComponent } from '../../../src/plan/desired.ts'
import { aComponent, aContainer, anOrigin, type ComponentBuilder, key } from '../../kit/builders.ts'

function input(component: ComponentBuilder, replicas = 1): DesiredComponent {
  const built = component.build()
  return { component: built, app: built.app, replicas, restartToken: 0 }
}

function desired(components: readonly ComponentBuilder[], services: readonly Service[] = []) {
  return buildDesired({ environment: 'shop', components: components.map((component) => input(component)), services })
}

const service = (name: string, component: string, ports: readonly number[]): Service => ({
  name,
  namespace: 'default',
  component: key(component),
  ports: ports.map((port) => ({ name: `p${port}`, port, target: port, protocol: 'tcp' })),
  headless: false,
  origin: anOrigin('service', name),
})

describe('what is desired', () => {
  test('is one revision per component, sorted by key, named after the hash of its content', () => {
    const { revisions } = desired([aComponent('web', 'staging'), aComponent('db')])
    expect(revisions.map(({ revision }) => revision.component)).toEqual(['db', 'web.staging'])
    for (const { revision } of revisions) expect(revision.id).toBe(`${revision.component}--${revision.hash}`)
  })

  test('carries replicas and restart token as decided', () => {
    const component = aComponent('web').build()
    const { revisions } = buildDesired({
      environment: 'shop',
      components: [{ component, app: 'shop', replicas: 0, restartToken: 4 }],
      services: [],
    })
    expect(revisions).toMatchObject([{ replicas: 0, restartToken: 4 }])
  })

  test('has a network as soon as there is a component, also one without replicas', () => {
    expect(desired([]).networks).toEqual([])
    expect(desired([aComponent('web')]).networks).toEqual(['shop'])
  })

  test('leaves out what is not simulated, and needs nothing of it', () => {
    const { revisions, networks } = desired([aComponent('rds').notSimulated(), aComponent('web').needs('rds').needs('db')])
    expect(revisions.map(({ revision }) => revision.spec.needs.map(({ on }) => on))).toEqual([['db']])
    expect(networks).toEqual(['shop'])
    expect(desired([aComponent('rds').notSimulated()]).networks).toEqual([])
  })

  test('keeps the revision when a need goes away because its component is not simulated', () => {
    const id = (component: ComponentBuilder) => desired([component, aComponent('rds').notSimulated()]).revisions[0]?.revision.id
    expect(id(aComponent('web').needs('rds'))).toBe(id(aComponent('web')))
  })

  test('merges services of one name into one with the union of ports; the component comes before the document', () => {
    const { services } = desired([aComponent('web').listens(80)], [service('web', 'other', [80, 9090]), service('admin', 'web', [9090])])
    expect(services.map(({ name, component, ports }) => [name, component, ports.map(({ port }) => port)])).toEqual([
      ['admin', 'web', [9090]],
      ['web', 'web', [80, 9090]],
    ])
  })

  test('serves where a service, a route or a published port leads', () => {
    const worker = aComponent('worker')
    const { revisions, routes, published } = desired([
      worker,
      aComponent('named').listens(80),
      aComponent('routed').routed('shop.example', 80),
      aComponent('published').publishes(5432, 5432),
    ])
    expect(revisions.filter(({ serving }) => serving).map(({ revision }) => revision.component)).toEqual(['named', 'published', 'routed'])
    expect(routes).toHaveLength(1)
    expect(published).toMatchObject([{ host: 5432, component: 'published' }])
  })

  test('names a volume after its claim and namespace, once for all that mount it', () => {
    const { volumes } = desired([
      aComponent('web').mounts('data'),
      aComponent('worker').mounts('data').mounts('cache'),
      aComponent('web', 'staging').mounts('data'),
    ])
    expect(volumes).toEqual(['cache', 'data', 'data.staging'])
  })

  test('lists each image once, a build before a mere reference to it', () => {
    const build = { from: 'build', context: '/src', args: {}, ref: 'shop/web' } as const
    const { images } = desired([
      aComponent('api').image('shop/web').initially(aContainer('wait')),
      aComponent('web').container({ image: build }),
    ])
    expect(images).toEqual([
      { name: 'docker.io/library/wait:1', image: { from: 'registry', ref: 'wait:1' }, components: ['api'], pull: 'if-absent' },
      { name: 'docker.io/shop/web:latest', image: build, components: ['api', 'web'], pull: 'if-absent' },
    ])
  })

  test('says of an image that it is made anew', () => {
    const renewal = { up: 3, cause: 'build asked for', first: true }
    const { images } = buildDesired({
      environment: 'shop',
      components: [
        { component: aComponent('web').image('docker.io/shop/web').build(), app: 'shop', replicas: 1, restartToken: 0, pull: 'never' },
      ],
      services: [],
      renewals: new Map([['docker.io/shop/web:latest', renewal]]),
    })
    expect(images).toEqual([expect.objectContaining({ name: 'docker.io/shop/web:latest', renewal })])
  })
})
