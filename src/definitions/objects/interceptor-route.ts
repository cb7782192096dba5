import { type Origin, within } from '../../kernel/diagnostic.ts'
import { parseGoDuration } from '../../kernel/duration.ts'
import type { Outcome } from '../../kernel/outcome.ts'
import type { InterceptorRoute } from '../../model/scale-policy.ts'
import { type Checked, checkParameters } from '../parameters.ts'
import { anything, approximated, fields, integer, list, map, notSimulated, optional, preset, required } from '../schema.ts'
import { goDuration } from './go-duration.ts'

const EDGE = 'requests reach the component through its own routes, and are held as the edge is told'

/** Source: http-add-on, operator/apis/http/v1beta1/interceptorroute_types.go. */
const interceptorRouteShape = fields({
  target: required(map(anything()), approximated('all requests of the scaled component count, whatever service they came through')),
  scalingMetric: required(
    fields({
      concurrency: optional(fields({ targetValue: required(integer({ min: 1 })) })),
      requestRate: optional(
        fields({ targetValue: required(integer({ min: 1 })), window: preset(goDuration, '1m'), granularity: preset(goDuration, '1s') }),
      ),
    }),
  ),
  rules: optional(list(map(anything())), notSimulated(EDGE)),
  timeouts: optional(map(anything()), notSimulated(EDGE)),
  coldStart: optional(map(anything()), notSimulated(EDGE)),
  staticRoutes: optional(list(map(anything())), notSimulated('no static answers are given')),
})

/** What the route counts, for the ScaledObjects that name it. */
export function readInterceptorRoute(spec: unknown, name: string, origin: Origin): Outcome<Checked<InterceptorRoute>> {
  const outcome = checkParameters(interceptorRouteShape, spec, within(origin, 'spec'))
  if (!outcome.ok) return outcome
  const { concurrency, requestRate } = outcome.value.value.scalingMetric
  const route: InterceptorRoute = {
    kind: 'InterceptorRoute',
    name,
    ...(concurrency === undefined ? {} : { concurrency: { target: concurrency.targetValue } }),
    ...(requestRate === undefined
      ? {}
      : {
          requestRate: {
            target: requestRate.targetValue,
            windowMs: parseGoDuration(requestRate.window) ?? 0,
            granularityMs: parseGoDuration(requestRate.granularity) ?? 0,
          },
        }),
    origin,
  }
  return { ok: true, value: { value: route, notes: outcome.value.notes }, diagnostics: outcome.diagnostics }
}
