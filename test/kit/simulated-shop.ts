import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../../src/cli/invocation.ts'
import { builtinDefinitions } from '../../src/definitions/index.ts'
import { loadApplications } from '../../src/dialects/index.ts'
import { type CliResult, callCli } from './cli-run.ts'

/** A component `web` that scales from zero by requests in flight (10 a replica), and a `worker` that scales by a queue. */
export const SHOP = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  components:
    - name: web
      type: webservice
      properties: { image: "web:1", ports: [{ port: 80, expose: true }], cpu: "0.5", memory: 256Mi }
    - name: worker
      type: worker
      properties: { image: "worker:1" }
  policies:
    - name: keep-replicas
      type: apply-once
      properties: { enable: true, rules: [{ selector: { resourceTypes: [Deployment] }, strategy: { path: [spec.replicas] } }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web }
spec:
  scaleTargetRef: { name: web }
  maxReplicaCount: 6
  triggers: [{ type: http, metadata: { target: "10" } }]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker }
spec:
  scaleTargetRef: { name: worker }
  maxReplicaCount: 5
  triggers: [{ type: rabbitmq, metadata: { queueName: jobs, mode: QueueLength, value: "20", host: "amqp://rabbit:5672" } }]
`

/** Requests from the first minute to the eleventh, and a heap of messages. */
export const LOAD = `seed: 7
start: 2026-01-05T08:00:00Z
components:
  web:
    load: [{ constant: { rate: 120/s, at: 1m, for: 10m } }]
    serviceTime: 250ms
    startDelay: 3s
  worker:
    queues:
      - { trigger: rabbitmq, load: { spike: { rate: 10/s, at: 2m, for: 20s } }, consume: 1/s }
    startDelay: { lognormal: { median: 2s, p95: 5s } }
`

const loadModel: Host['loadModel'] = async (request, files) => await loadApplications(request, files, builtinDefinitions())

/** Writes the shop into a directory and simulates it. */
export async function simulateShop(
  directory: string,
  args: readonly string[],
  texts: { readonly app?: string; readonly load?: string } = {},
): Promise<CliResult> {
  writeFileSync(join(directory, 'app.yaml'), texts.app ?? SHOP)
  writeFileSync(join(directory, 'load.yaml'), texts.load ?? LOAD)
  return await callCli(['simulate', '--load', 'load.yaml', ...args], { home: directory, host: { loadModel } })
}
