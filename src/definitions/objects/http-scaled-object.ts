import { type Origin, within } from '../../kernel/diagnostic.ts'
import { parseGoDuration } from '../../kernel/duration.ts'
import type { Outcome } from '../../kernel/outcome.ts'
import type { InterceptorRoute } from '../../model/scale-policy.ts'
import { defineTrait } from '../define.ts'
import { type Checked, checkParameters } from '../parameters.ts'
import { applyScaledObject } from '../scaling/apply-scaled-object.ts'
import { edgeTriggers } from '../scaling/lower-triggers.ts'
import {
  anything,
  approximated,
  fields,
  integer,
  list,
  map,
  notSimulated,
  optional,
  portNumber,
  preset,
  required,
  text,
  type YieldOf,
} from '../schema.ts'
import { goDuration } from './go-duration.ts'

/** Source: http-add-on, pkg/k8s/scaledobject.go. */
const POLLING_SECONDS = 15

const ROUTES = 'requests reach the component through its own routes; hosts, paths and headers of this document make none'
const failover = notSimulated('a request that waits too long is answered with 504; no other service is asked')

const spec = fields({
  hosts: optional(list(text()), notSimulated(ROUTES)),
  pathPrefixes: optional(list(text()), notSimulated(ROUTES)),
  headers: optional(list(map(anything())), notSimulated(ROUTES)),
  scaleTargetRef: required(
    fields({
      name: required(text()),
      kind: preset(text(), 'Deployment'),
      apiVersion: preset(text(), 'apps/v1'),
      service: optional(text(), approximated('all requests of the component count, whatever service they came through')),
      port: optional(portNumber(), approximated('all requests of the component count, whatever port they came through')),
      portName: optional(text(), approximated('all requests of the component count, whatever port they came through')),
    }),
  ),
  coldStartTimeoutFailoverRef: optional(map(anything()), failover),
  replicas: preset(fields({ min: preset(integer({ min: 0 }), 0), max: preset(integer({ min: 1 }), 100) }), { min: 0, max: 100 }),
  targetPendingRequests: preset(integer({ min: 1 }), 100),
  scaledownPeriod: preset(integer({ min: 0 }), 300),
  initialCooldownPeriod: preset(integer({ min: 0 }), 0),
  scalingMetric: optional(
    fields(
      {
        concurrency: optional(fields({ targetValue: preset(integer({ min: 1 }), 100) })),
        requestRate: optional(
          fields({
            targetValue: preset(integer({ min: 1 }), 100),
            window: preset(goDuration, '1m'),
            granularity: preset(goDuration, '1s'),
          }),
        ),
      },
      { rule: 'at-most-one', of: ['concurrency', 'requestRate'] },
    ),
  ),
  timeouts: optional(
    map(text()),
    notSimulated('how long a request is held, and how long it may take, is set by the route and the options of the edge'),
  ),
})

/**
 * A document of the KEDA HTTP add-on: it makes a ScaledObject with one push trigger that the interceptor answers; here the edge counts. Source:
 * http-add-on, operator/apis/http/v1alpha1.
 */
export const httpScaledObject = defineTrait({
  kind: 'trait',
  type: 'object/HTTPScaledObject',
  simulation: { level: 'simulated' },
  scales: true,
  parameters: fields({ metadata: required(fields({ name: required(text()) })), spec: required(spec) }),
  apply: (draft, { metadata, spec: written }, use) => {
    const { replicas, scaledownPeriod, initialCooldownPeriod } = written
    const scaled = {
      pollingInterval: POLLING_SECONDS,
      cooldownPeriod: scaledownPeriod,
      initialCooldownPeriod,
      minReplicaCount: replicas.min,
      maxReplicaCount: replicas.max,
      triggers: edgeTriggers(countedBy(written), {}),
    }
    const diagnostics = applyScaledObject(draft, scaled, { use, name: metadata.name, origin: use.at('spec'), oldMetricType: false })
    // What the add-on writes into its ScaledObject is no mistake of the user.
    draft.scale({ min: replicas.min }, use.at('spec', 'replicas', 'min'))
    draft.scale({ max: replicas.max }, use.at('spec', 'replicas', 'max'))
    draft.scale({ cooldownMs: scaledownPeriod * 1000 }, use.at('spec', 'scaledownPeriod'))
    return diagnostics.filter(({ code }) => code !== 'MP2520')
  },
})

type Written = YieldOf<typeof spec>

/** Requests in flight unless a rate is asked for. Source: http-add-on, scaler/handlers.go. */
function countedBy({ scalingMetric, targetPendingRequests }: Written): Pick<InterceptorRoute, 'concurrency' | 'requestRate'> {
  const rate = scalingMetric?.requestRate
  if (rate === undefined) return { concurrency: { target: scalingMetric?.concurrency?.targetValue ?? targetPendingRequests } }
  const { targetValue: target, window, granularity } = rate
  return { requestRate: { target, windowMs: parseGoDuration(window) ?? 0, granularityMs: parseGoDuration(granularity) ?? 0 } }
}

/** What the document counts, where a ScaledObject of the user's own asks for it. */
export function readHttpScaledObject(raw: unknown, name: string, origin: Origin): Outcome<Checked<InterceptorRoute>> {
  const outcome = checkParameters(spec, raw, within(origin, 'spec'))
  if (!outcome.ok) return outcome
  const route: InterceptorRoute = { kind: 'HTTPScaledObject', name, ...countedBy(outcome.value.value), origin }
  return { ok: true, value: { value: route, notes: outcome.value.notes }, diagnostics: outcome.diagnostics }
}
