import { LoadFields } from './load-fields.ts'
import type { ComponentLoad, LoadShape, QueueLoad, UsageModel } from './load-types.ts'
import { readShape, type ShapeTools } from './read-shape.ts'

/** Types whose length leaves out messages that are being worked on. */
const TAKEN_AT_ONCE = /^redis/

/** The load of one component of the file. */
export function readComponentLoad(fields: LoadFields, tools: ShapeTools): ComponentLoad {
  const shapes = (of: LoadFields, key: string): readonly LoadShape[] =>
    of.list(key).flatMap(({ value, origin }) => readShape(value, origin, tools) ?? [])
  const optional = {
    serviceTime: fields.spread('serviceTime'),
    concurrency: fields.whole('concurrency', 1),
    balance: fields.choice('balance', ['round-robin', 'least-in-flight']),
    startDelay: fields.spread('startDelay'),
    stopSeconds: fields.duration('stopDelay'),
    holdSeconds: fields.duration('hold'),
    maxHeld: fields.whole('maxHeld', 0),
    usage: readUsage(fields.fields('usage')),
  }
  const queues = fields.list('queues').flatMap(({ value, origin }): QueueLoad[] => {
    const queue = LoadFields.of(value, origin, tools.diagnostics)
    if (queue === undefined) return []
    const trigger = queue.need(queue.text('trigger'), 'trigger')
    const consume = queue.need(queue.rate('consume'), 'consume')
    const parallel = queue.whole('parallel', 1) ?? 1
    const counts = queue.choice('counts', ['waiting', 'all'])
    const load = shapes(queue, 'load')
    if (consume === 0) queue.wrong('consume', '"consume" must be more than 0')
    queue.close()
    if (trigger === undefined || consume === undefined || consume <= 0) return []
    return [{ trigger, consume, parallel, load, counts: counts ?? (TAKEN_AT_ONCE.test(trigger) ? 'waiting' : 'all') }]
  })
  const named = fields.fields('readings')
  const readings = new Map((named?.keys ?? []).map((name) => [name, named === undefined ? [] : shapes(named, name)]))
  const load = shapes(fields, 'load')
  fields.close()
  return { ...withoutUndefined(optional), load, queues, readings }
}

function readUsage(fields: LoadFields | undefined): UsageModel | undefined {
  if (fields === undefined) return undefined
  const usage = {
    cpuSecondsPerRequest: fields.duration('cpuPerRequest'),
    idleCpuMilli: fields.number('idleCpuMilli'),
    memoryBytes: fields.number('memoryBytes'),
    memoryBytesPerRequest: fields.number('memoryBytesPerRequest'),
  }
  fields.close()
  return withoutUndefined(usage)
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function withoutUndefined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>
}
