import type { TraitEntry } from '../definition.ts'
import { anything, fields, flag, integer, list, map, oneOf, openFields, optional, portNumber, preset, required, text } from '../schema.ts'
import { knownTrait } from './known-trait.ts'

const PROGRESSIVE = 'progressive delivery is not supported yet; updates are rolling'
const DAPR = 'Dapr sidecars are not started yet'

const istioGateway = knownTrait({ type: 'istio-gateway', why: 'there is no service mesh here', parameters: map(anything()) })

const rolloutTraits = [
  knownTrait({
    type: 'rollout',
    why: PROGRESSIVE,
    parameters: fields({
      targetRevision: optional(text()),
      targetSize: required(integer()),
      rolloutBatches: optional(list(fields({ replicas: required(integer()) }))),
      batchPartition: optional(integer()),
    }),
  }),
  knownTrait({
    type: 'kruise-rollout',
    why: PROGRESSIVE,
    parameters: fields({
      auto: preset(flag(), false),
      releaseMode: preset(oneOf('canary', 'batch'), 'canary'),
      canary: optional(fields({ steps: optional(list(map(anything()))), trafficRoutings: optional(list(map(anything()))) })),
      workloadType: optional(map(anything())),
      stepPartition: optional(integer()),
    }),
  }),
  knownTrait({ type: 'canary-traffic', why: PROGRESSIVE, parameters: map(anything()) }),
]

const daprTraits = [
  knownTrait({ type: 'dapr-publish-injection', why: DAPR, parameters: fields({}) }),
  knownTrait({ type: 'dapr-subscribe-injection', why: DAPR, parameters: fields({ port: required(text()) }) }),
  knownTrait({
    type: 'dapr-publish-message-broker',
    why: DAPR,
    parameters: fields({
      name: required(text()),
      type: required(text()),
      version: required(text()),
      metadata: optional(
        list(
          fields({
            name: required(text()),
            value: optional(text()),
            secretKeyRef: optional(fields({ name: required(text()), key: required(text()) })),
          }),
        ),
      ),
    }),
  }),
  knownTrait({
    type: 'dapr-subscription',
    why: DAPR,
    parameters: fields({ topic: required(text()), route: required(text()), pubsubname: required(text()) }),
  }),
]

const observers = [
  knownTrait({
    type: 'prometheus-scrape',
    why: 'nothing scrapes metrics here; the endpoint can be called like any other',
    parameters: fields({
      port: preset(portNumber(), 8080),
      path: preset(text(), '/metrics'),
      selector: optional(map(text())),
      type: preset(text(), 'ClusterIP'),
    }),
  }),
  knownTrait({ type: 'stdout-logs', why: 'logs are always collected; they are not parsed', parameters: map(anything()) }),
  knownTrait({ type: 'file-logs', why: 'log files inside containers are not collected', parameters: map(anything()) }),
  knownTrait({
    type: 'nocalhost',
    why: 'develop against the local replicas instead; see `watch` in minipaas.yaml',
    parameters: openFields({ port: required(portNumber()) }),
  }),
]

/** Traits of KubeVela's addons that are not simulated. */
export const knownAddonTraits: readonly TraitEntry[] = [istioGateway, ...rolloutTraits, ...daprTraits, ...observers]
