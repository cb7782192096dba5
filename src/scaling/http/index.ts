export * from './activity.ts'
export * from './counters.ts'
export * from './generated-scaled-object.ts'
export * from './request-buckets.ts'
