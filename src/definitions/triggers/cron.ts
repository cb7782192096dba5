import { defineTrigger } from '../define.ts'
import type { Complaint } from './checks.ts'
import { scheduleFault } from './cron-schedule.ts'
import type { Given } from './given.ts'
import { wholeText, words } from './metadata-key.ts'

/** A number of replicas between two times. Source: KEDA, cron_scaler.go; the target is always 1. */
export const cron = defineTrigger({
  kind: 'trigger',
  type: 'cron',
  simulation: { level: 'simulated' },
  metadata: {
    start: words({ required: true, examples: ['0 8 * * *', '30 8 * * *'] }),
    end: words({ required: true, examples: ['0 18 * * *', '30 18 * * *'] }),
    timezone: words({ required: true, examples: ['Europe/Berlin', 'UTC'] }),
    desiredReplicas: wholeText({ required: true }),
  },
  relate: (given) => [...checkTimes(given), ...checkZone(given), ...checkReplicas(given)],
  measure: (given) => ({
    target: 1,
    activation: 0,
    from: { by: 'clock' },
    metric: `cron-${given.text('timezone') ?? ''}-${compact(given.text('start'))}-${compact(given.text('end'))}`,
  }),
})

function checkTimes(given: Given): readonly Complaint[] {
  const faults = (['start', 'end'] as const).flatMap((key): Complaint[] => {
    const text = given.text(key)
    const fault = text === undefined ? undefined : scheduleFault(text)
    if (fault === undefined) return []
    return [{ code: 'MP2105', message: `"${key}" is no cron schedule: ${fault}`, at: key, hint: 'write minute, hour, day, month, weekday' }]
  })
  if (given.text('start') === undefined || given.text('start') !== given.text('end')) return faults
  return [...faults, { code: 'MP2106', message: '"start" and "end" must differ', at: 'end' }]
}

function checkZone(given: Given): readonly Complaint[] {
  const zone = given.text('timezone')
  if (zone === undefined || isZone(zone)) return []
  return [{ code: 'MP2105', message: `"${zone}" is no time zone`, at: 'timezone', hint: 'write a name such as Europe/Berlin or UTC' }]
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    // The name is unknown: that is the answer.
    return false
  }
}

function checkReplicas(given: Given): readonly Complaint[] {
  const replicas = given.number('desiredReplicas')
  if (replicas === undefined || replicas > 0) return []
  return [{ code: 'MP2105', message: `"desiredReplicas" must be at least 1, found ${replicas}`, at: 'desiredReplicas' }]
}

/** How a schedule appears in the name of the metric. */
function compact(schedule: string | undefined): string {
  return (schedule ?? '').replaceAll(' ', '').replaceAll('*', 'x').replaceAll('/', 'Sl').replaceAll('?', 'Qm')
}
