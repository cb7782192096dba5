import { type Origin, within } from '../../kernel/diagnostic.ts'
import { didYouMean } from '../../kernel/nearest.ts'
import { fail, type Outcome, succeed } from '../../kernel/outcome.ts'
import type { ScaleTrigger } from '../../model/scale-policy.ts'
import type { TriggerEntry } from '../definition.ts'
import { problem } from '../problem.ts'
import { sayList } from '../wording.ts'

interface Written {
  readonly type: string
  readonly metricType?: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/**
 * The metric type of a trigger. Source: KEDA, GetMetricTargetType: AverageValue when none is given, Utilization only for cpu and memory, which must
 * name theirs; up to 2.17 they could do so as `metadata.type`.
 */
export function metricTypeOf(
  written: Written,
  { entry, origin, old }: { readonly entry: TriggerEntry; readonly origin: Origin; readonly old: boolean },
): Outcome<ScaleTrigger['metricType']> {
  const { metricTypes } = entry
  const before = written.metricType === undefined && entry.needsMetricType ? written.metadata['type'] : undefined
  const said = written.metricType ?? (typeof before === 'string' ? before : undefined)
  const at = before === undefined ? within(origin, 'metricType') : within(origin, 'metadata', 'type')
  const refuse = (message: string, hint?: string) => fail(problem({ code: 'MP2503', severity: 'error', message, origin: at, hint }))
  if (said === undefined || said === '') {
    const [first = 'AverageValue'] = metricTypes
    return entry.needsMetricType
      ? refuse(`trigger "${written.type}" needs a metricType: ${sayList(metricTypes)}`, 'write metricType beside type')
      : succeed(first)
  }
  const found = metricTypes.find((type) => type === said)
  if (found === undefined) {
    const message = `metricType of a trigger "${written.type}" must be ${sayList(metricTypes)}, found "${said}"`
    return refuse(message, didYouMean(said, metricTypes))
  }
  if (before === undefined) return succeed(found)
  const hint = `write metricType: ${found} beside type`
  if (!old) return refuse('"type" in the metadata was removed in KEDA 2.18', hint)
  const message = '"type" in the metadata was removed in KEDA 2.18'
  return succeed(found, [problem({ code: 'MP2505', severity: 'warning', message, origin: at, mark: 'key', hint })])
}
