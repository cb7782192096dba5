import { type Goal, interleave, median } from '../harness.ts'
import { BenchPlace } from './place.ts'

const MANIFESTS = 300

/** `minipaas validate` of 300 files with an application each, from the start of the process to its end. Goal: 2 s. */
export async function measureManifests(rounds = 5): Promise<readonly Goal[]> {
  using place = new BenchPlace()
  const names = Array.from({ length: MANIFESTS }, (_, index) => `app-${index}`)
  place.write(Object.fromEntries(names.map((name) => [`manifests/${name}.yaml`, manifest(name)])))
  const measured = await interleave({ validate: (): undefined => void place.cli('validate', '-f', 'manifests') }, { rounds, warmUp: 1 })
  return [{ name: `validate ${MANIFESTS} manifests, whole process`, value: median(measured.validate) / 1000, unit: 's', atMost: 2 }]
}

function manifest(name: string): string {
  return `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: ${name}
spec:
  components:
    - name: ${name}-web
      type: webservice
      properties:
        image: ghcr.io/example/web:1.4.0
        ports:
          - port: 8080
            expose: true
        cpu: "0.25"
        memory: 256Mi
        env:
          - name: BACKEND
            value: http://${name}-api:9000
        readinessProbe:
          httpGet: { path: /healthz, port: 8080 }
          periodSeconds: 2
      traits:
        - type: scaler
          properties: { replicas: 2 }
        - type: gateway
          properties:
            domain: ${name}.localhost
            http: { "/": 8080 }
    - name: ${name}-api
      type: webservice
      properties:
        image: ghcr.io/example/api:1.4.0
        ports:
          - port: 9000
            expose: true
    - name: ${name}-worker
      type: worker
      dependsOn: [${name}-api]
      properties:
        image: ghcr.io/example/worker:1.4.0
        cmd: [node, worker.js]
  policies:
    - name: local
      type: topology
      properties: { clusters: [local] }
`
}
