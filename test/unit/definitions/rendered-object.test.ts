import { expect, test } from '@jest/globals'
import { renderObjects } from '../../../src/definitions/rendered-object.ts'
import { componentOf } from './component-source.ts'

const status = { replicas: 2, ready: 1, updated: 2, available: 1, succeeded: 3, failed: 4, active: 5 }

test('a deployment with what its traits make', () => {
  const component = componentOf({
    properties: {
      image: 'shop/web:1',
      labels: { tier: 'web' },
      ports: [{ port: 80, containerPort: 8080, expose: true }],
      env: [
        { name: 'A', value: '1' },
        { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      cpu: '0.5',
      memory: '64Mi',
      livenessProbe: { httpGet: { path: '/live', port: 8080 } },
    },
    traits: [
      { type: 'scaler', properties: { replicas: 2 } },
      { type: 'gateway', properties: { name: 'open', domain: 'shop.example', http: { '/': 8080 } } },
      { type: 'storage', properties: { secret: [{ name: 'login', mountPath: '/login', stringData: { user: '‹secret login/user›' } }] } },
    ],
  })
  expect(renderObjects(component, status)).toEqual({
    output: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'default',
        generation: 1,
        labels: { tier: 'web', 'app.oam.dev/name': 'shop', 'app.oam.dev/component': 'web' },
        annotations: {},
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { 'app.oam.dev/component': 'web' } },
        template: {
          metadata: { labels: { tier: 'web', 'app.oam.dev/name': 'shop', 'app.oam.dev/component': 'web' }, annotations: {} },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'shop/web:1',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
                ],
                ports: [{ name: 'port-8080', containerPort: 8080, protocol: 'TCP' }],
                resources: { requests: { cpu: '500m', memory: '64Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
                volumeMounts: [{ name: 'secret-login', mountPath: '/login' }],
                livenessProbe: {
                  httpGet: { path: '/live', port: 8080, scheme: 'HTTP' },
                  initialDelaySeconds: 0,
                  periodSeconds: 10,
                  timeoutSeconds: 1,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
              },
            ],
            volumes: [{ name: 'secret-login', secret: { secretName: 'login', defaultMode: 420 } }],
          },
        },
      },
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
    },
    outputs: {
      service: expect.objectContaining({ kind: 'Service' }),
      webserviceExpose: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: {
          selector: { 'app.oam.dev/component': 'web' },
          ports: [{ name: 'port-8080', port: 80, targetPort: 8080, protocol: 'TCP' }],
        },
      },
      'service-open': expect.objectContaining({ metadata: { name: 'web-open', namespace: 'default' } }),
      'ingress-open': {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web-open', namespace: 'default' },
        spec: {
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [
                  { path: '/', pathType: 'ImplementationSpecific', backend: { service: { name: 'web-open', port: { number: 8080 } } } },
                ],
              },
            },
          ],
        },
      },
      'secret-login': {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'login', namespace: 'default' },
        data: { user: '‹secret login/user›' },
      },
    },
  })
})

test('a job is named after the application, too', () => {
  const { output } = renderObjects(componentOf({ type: 'task', properties: { image: 'x:1', count: 3 } }), status)
  expect(output).toMatchObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'shop-web' },
    spec: { parallelism: 3, completions: 3, backoffLimit: 6, template: { spec: { restartPolicy: 'Never' } } },
    status: { active: 5, succeeded: 3, failed: 4 },
  })
})

test('a component that is only known has a name and no status', () => {
  const { output, outputs } = renderObjects(componentOf({ type: 'daemon', properties: { image: 'x' } }), status)
  expect(output).toMatchObject({ metadata: { name: 'web' }, status: {} })
  expect(outputs).toEqual({})
})
