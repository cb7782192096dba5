import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../../../src/model/component.ts'
import { componentOf, lines, resolve } from '../component-source.ts'

const image = 'shop/web:1'

/** Services and routes as text: `web 80->8080` and `shop.example/api text-prefix -> web:80`. */
function exposureOf(component: Component): readonly string[] {
  const services = component.services.map(({ name, ports }) => `${name} ${ports.map((port) => `${port.port}->${port.target}`).join(',')}`)
  const routes = component.routes.map(({ host, path, pathType, to }) => {
    const targets = to.map((target) => (target.by === 'service' ? `${target.service}:${target.port}` : target.component))
    return `${host ?? '*'}${path} ${pathType} -> ${targets.join(',')}`
  })
  return [...services, ...routes]
}

type Trait = { readonly type: string; readonly properties: unknown }

describe.each<[string, Record<string, unknown>, readonly Trait[], readonly string[]]>([
  [
    'gateway with several paths',
    {},
    [{ type: 'gateway', properties: { domain: 'shop.example', http: { '/': 80, '/api': 8080 } } }],
    ['web 80->80,8080->8080', 'shop.example/ text-prefix -> web:80', 'shop.example/api text-prefix -> web:8080'],
  ],
  ['gateway without a domain', {}, [{ type: 'gateway', properties: { http: { '/': 80 } } }], ['web 80->80', '*/ text-prefix -> web:80']],
  [
    'gateway with exact paths',
    {},
    [{ type: 'gateway', properties: { http: { '/x': 80 }, pathType: 'Exact' } }],
    ['web 80->80', '*/x exact -> web:80'],
  ],
  [
    'two gateways with names',
    {},
    [
      { type: 'gateway', properties: { name: 'a', http: { '/': 80 } } },
      { type: 'gateway', properties: { name: 'b', domain: 'b.example', http: { '/': 81 } } },
    ],
    ['web-a 80->80', 'web-b 81->81', '*/ text-prefix -> web-a:80', 'b.example/ text-prefix -> web-b:81'],
  ],
  [
    'gateway to an existing service',
    {},
    [{ type: 'gateway', properties: { http: { '/': 80 }, existingServiceName: 'other' } }],
    ['*/ text-prefix -> other:80'],
  ],
  [
    'gateway beside an exposed port: one service with the union of ports',
    { ports: [{ port: 9000, containerPort: 9001, expose: true }] },
    [{ type: 'gateway', properties: { http: { '/': 80 } } }],
    ['web 9000->9001,80->80', '*/ text-prefix -> web:80'],
  ],
  [
    'gateway with prefixes of whole elements',
    {},
    [{ type: 'gateway', properties: { http: { '/x': 80 }, pathType: 'Prefix' } }],
    ['web 80->80', '*/x prefix -> web:80'],
  ],
  [
    'http-route for each domain and rule',
    { ports: [{ port: 80, expose: true }] },
    [
      {
        type: 'http-route',
        properties: {
          domains: ['a.example', '*.b.example'],
          rules: [{ port: 80 }, { path: { type: 'Exact', value: '/x' }, serviceName: 'other', port: 81 }],
        },
      },
    ],
    [
      'web 80->80',
      'a.example/ prefix -> web:80',
      'a.example/x exact -> other:81',
      '*.b.example/ prefix -> web:80',
      '*.b.example/x exact -> other:81',
    ],
  ],
  [
    'https-route for any host',
    {},
    [{ type: 'https-route', properties: { domains: [], rules: [{ path: { value: '/a' }, port: 80 }] } }],
    ['*/a prefix -> web:80'],
  ],
  ['expose by numbers', {}, [{ type: 'expose', properties: { port: [80, 81] } }], ['web 80->80,81->81']],
  ['expose by entries', {}, [{ type: 'expose', properties: { ports: [{ port: 53, protocol: 'UDP' }] } }], ['web 53->53']],
  ['ingress', {}, [{ type: 'ingress', properties: { domain: 'd', http: { '/': 80 } } }], ['web 80->80', 'd/ text-prefix -> web:80']],
  [
    'ingress-1-20',
    {},
    [{ type: 'ingress-1-20', properties: { domain: 'd', http: { '/': 80 } } }],
    ['web 80->80', 'd/ text-prefix -> web:80'],
  ],
  ['pure-ingress', {}, [{ type: 'pure-ingress', properties: { domain: 'd', http: { '/': 80 } } }], ['d/ text-prefix -> web:80']],
])('%s', (_, properties, traits, expected) => {
  test('makes these names and routes', () => {
    expect(exposureOf(componentOf({ properties: { image, ...properties }, traits }))).toEqual(expected)
  })
})

test('a service in another namespace is found there', () => {
  const component = componentOf({
    properties: { image },
    traits: [{ type: 'gateway', properties: { http: { '/': 80 } } }],
    more: { namespace: 'staging' },
  })
  expect(component.services[0]?.namespace).toBe('staging')
  expect(component.routes[0]?.to[0]).toMatchObject({ service: 'web', namespace: 'staging' })
})

test('a port that only a service names is a port of the container, too', () => {
  const { pod } = componentOf({ properties: { image }, traits: [{ type: 'gateway', properties: { http: { '/': 8000 } } }] })
  expect(pod.containers[0]?.ports.map((port) => port.number)).toEqual([8000])
  expect(pod.containers[0]?.probes.ready?.implicit).toBe(true)
})

test('one service port with two targets warns and keeps the first', () => {
  const outcome = resolve({
    properties: { image, ports: [{ port: 80, containerPort: 8080, expose: true }] },
    traits: [{ type: 'gateway', properties: { http: { '/': 80 } } }],
  })
  expect(lines(outcome.diagnostics)).toEqual([
    'warning MP2205 spec.components.0.traits.0.properties.http./: port 80 of service "web" leads to container port 8080; a second target 80 is ignored',
  ])
  expect(outcome.ok && exposureOf(outcome.value.component)[0]).toBe('web 80->8080')
})

test('TLS, classes and service types are noted', () => {
  const component = componentOf({
    properties: { image },
    traits: [
      {
        type: 'gateway',
        properties: { http: { '/': 80 }, secretName: 'tls', class: 'traefik', annotations: { a: 'b' }, labels: { a: 'b' } },
      },
      { type: 'expose', properties: { port: [80], type: 'LoadBalancer', matchLabels: { a: 'b' } } },
    ],
  })
  expect(component.notes.map((note) => `${note.kind} ${note.subject}`)).toEqual([
    'approximated gateway.class',
    'approximated gateway.secretName',
    'not-simulated gateway.labels',
    'not-simulated gateway.annotations',
    'approximated expose.matchLabels',
    'approximated expose.type',
  ])
})

test.each<[string, Record<string, unknown>, unknown]>([
  ['leads plain HTTP to https', { secretName: 'shop-tls' }, { secret: { namespace: 'default', name: 'shop-tls' }, redirect: true }],
  [
    'does not where it is told not to',
    { secretName: 'shop-tls', annotations: { 'nginx.ingress.kubernetes.io/ssl-redirect': 'false' } },
    { secret: { namespace: 'default', name: 'shop-tls' }, redirect: false },
  ],
  [
    'of another class serves both',
    { secretName: 'shop-tls', class: 'traefik' },
    { secret: { namespace: 'default', name: 'shop-tls' }, redirect: false },
  ],
  [
    'leads to https without a Secret where it is told to',
    { annotations: { 'nginx.ingress.kubernetes.io/force-ssl-redirect': 'true' } },
    { redirect: true },
  ],
  ['has nothing to do with TLS without a Secret', {}, undefined],
])('a gateway %s', (_name, properties, expected) => {
  const traits = [{ type: 'gateway', properties: { domain: 'd', http: { '/': 80, '/api': 81 }, ...properties } }]
  expect(componentOf({ properties: { image }, traits }).routes.map(({ tls }) => tls)).toEqual([expected, expected])
})

test('header rules are conditions', () => {
  const rules = [{ headers: [{ name: 'x-version', value: '2' }], port: 80 }]
  const { routes } = componentOf({ properties: { image }, traits: [{ type: 'http-route', properties: { domains: ['d'], rules } }] })
  expect(routes.map(({ when }) => when)).toEqual([{ headers: [{ name: 'x-version', by: 'exact', value: '2' }] }])
})

test('tcp-route publishes a port of the service, and tells of one that is not its own', () => {
  const { published, notes } = componentOf({
    properties: { image, ports: [{ port: 5432, containerPort: 6000, expose: true }] },
    traits: [
      { type: 'tcp-route', properties: { rules: [{ gatewayPort: 15432, port: 5432 }, { port: 81 }, { serviceName: 'other', port: 82 }] } },
    ],
  })
  expect(published.map(({ host, target, protocol }) => [host, target, protocol])).toEqual([
    [15432, 6000, 'tcp'],
    [8060, 81, 'tcp'],
  ])
  expect(notes.map(({ kind, subject, text, origin }) => [kind, subject, text, origin.path.slice(-2)])).toEqual([
    [
      'not-simulated',
      'tcp-route.rules',
      'port 8060 is not opened: only services of the component itself are published, and "other" is none',
      ['rules', 2],
    ],
  ])
})

describe('annotations of ingress-nginx', () => {
  const prefix = 'nginx.ingress.kubernetes.io/'
  function annotated(annotations: Readonly<Record<string, string>>, pathType = 'ImplementationSpecific') {
    const named = Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`${prefix}${name}`, value]))
    const { routes, notes } = componentOf({
      properties: { image },
      traits: [{ type: 'gateway', properties: { http: { '/a': 80 }, pathType, annotations: named } }],
    })
    const { to: _to, holdMs: _hold, origin: _origin, ...route } = routes[0] as NonNullable<(typeof routes)[number]>
    return { route, notes: notes.map(({ kind, text }) => `${kind} ${text.replace(prefix, '')}`) }
  }

  test('change the route', () => {
    const all = { 'rewrite-target': '/', 'upstream-vhost': 'inner', 'proxy-read-timeout': '30', affinity: 'cookie' }
    const { route, notes } = annotated(all)
    expect(notes).toEqual([])
    expect(route).toEqual({
      path: '/a',
      pathType: 'text-prefix',
      rewrite: { path: { by: 'full', path: '/' }, host: 'inner' },
      idleMs: 30_000,
      sticky: { name: 'INGRESSCOOKIE', attributes: 'Path=/; HttpOnly' },
    })
    expect(annotated({ 'use-regex': 'true' }).route).toEqual({ path: '/a.*', pathType: 'regex', ignoreCase: true })
    const cookie = { name: 'c', path: '/p', 'max-age': '60', samesite: 'None', secure: 'true' }
    const of = Object.fromEntries(Object.entries(cookie).map(([name, value]) => [`session-cookie-${name}`, value]))
    expect(annotated({ affinity: 'cookie', ...of }).route.sticky).toEqual({
      name: 'c',
      attributes: 'Path=/p; Max-Age=60; SameSite=None; Secure; HttpOnly',
    })
  })

  test('that nothing here does are said', () => {
    const { route, notes } = annotated({
      'rewrite-target': '/$1',
      'ssl-redirect': 'true',
      canary: 'true',
      'proxy-read-timeout': '1m',
      'session-cookie-name': 'c',
    })
    expect(route).toEqual({ path: '/a', pathType: 'text-prefix' })
    expect(notes).toEqual([
      'not-simulated rewrite-target: variables and groups of regular expressions are not filled in here',
      'not-simulated canary: the local router does not do this',
      'not-simulated proxy-read-timeout: the local router does not do this',
      'not-simulated session-cookie-name: the local router does not do this',
    ])
  })
})

test.each<[string, Trait, readonly string[]]>([
  [
    'expose without ports',
    { type: 'expose', properties: {} },
    ['warning MP2207 spec.components.0.traits.0.properties: "expose" without ports makes no service [give it "port" or "ports"]'],
  ],
  [
    'expose with http',
    { type: 'expose', properties: { port: [80], http: {} } },
    [
      'warning MP2103 spec.components.0.traits.0.properties.http (key): "http" is not a parameter and has no effect [known here: port, ports, annotations, matchLabels, type]',
    ],
  ],
  [
    'ingress without a domain',
    { type: 'ingress', properties: { http: { '/': 80 } } },
    ['error MP2102 spec.components.0.traits.0.properties: "domain" is missing'],
  ],
  [
    'a port that is text',
    { type: 'gateway', properties: { http: { '/': 'web' } } },
    ['error MP2101 spec.components.0.traits.0.properties.http./: "http./" must be a whole number, found text'],
  ],
])('warns or refuses: %s', (_, trait, expected) => {
  expect(lines(resolve({ properties: { image }, traits: [trait] }).diagnostics)).toEqual(expected)
})

test('https-route shows the certificate of its first Secret, or else one of the local authority', () => {
  const tlsOf = (properties: Record<string, unknown>): unknown => {
    const rules = [{ port: 80 }]
    const traits = [{ type: 'https-route', properties: { domains: ['d'], rules, ...properties } }]
    return componentOf({ properties: { image }, traits }).routes.map(({ tls }) => tls)
  }
  expect(tlsOf({ secrets: [{ name: 'a' }, { name: 'b' }] })).toEqual([{ secret: { name: 'a', namespace: 'default' }, redirect: false }])
  expect(tlsOf({ secrets: [{ name: 'a', namespace: 'gateways' }] })).toEqual([
    { secret: { name: 'a', namespace: 'gateways' }, redirect: false },
  ])
  expect(tlsOf({})).toEqual([{ redirect: false }])
})
