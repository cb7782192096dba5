import type { RequestRecord } from '../model/edge.ts'
import type { ComponentKey } from '../model/names.ts'
import { isFailed } from '../wire/request-stream.ts'
import type { RequestQuery } from './environment-control.ts'
import { RefusalError } from './ports.ts'
import type { ControlState } from './state.ts'

/** Whether a request is one of those that are asked for. */
export type RequestFilter = (record: RequestRecord) => boolean

/** The filter of a query. Refuses a component that there is not; one that has no replica yet will do. */
export function requestFilter({ components, app, since, failed }: RequestQuery, state: ControlState): RequestFilter {
  const keys = components.length === 0 ? undefined : new Set(components.flatMap((name) => keysOf(name, state)))
  return (record) =>
    (keys === undefined || (record.component !== undefined && keys.has(record.component))) &&
    (app === undefined || record.app === app) &&
    (since === undefined || record.at >= since) &&
    (!failed || isFailed(record))
}

/** Components of that key, or of that name in any namespace. */
function keysOf(name: string, state: ControlState): readonly ComponentKey[] {
  const all = [...state.apps.values()].flatMap((app) => [
    ...app.model.components,
    ...[...app.applied.values()].map((item) => item.component),
  ])
  const keys = all.filter((component) => component.key === name || component.name === name).map(({ key }) => key)
  if (keys.length > 0) return keys
  const known = [...new Set(all.map(({ key }) => key))].sort().join(', ')
  throw new RefusalError(404, {
    code: 'MP8004',
    message: `there is no component "${name}"`,
    next: known === '' ? 'nothing is applied here' : `components here: ${known}`,
  })
}
